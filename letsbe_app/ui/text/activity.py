"""Words of a business's own record."""

from dataclasses import dataclass, field

_ACTS = {
    "account.signed_up": "made the account",
    "account.signed_in": "signed in",
    "account.signed_out": "signed out",
    "account.session_ended": "ended a session",
    "account.other_sessions_ended": "ended all other sessions",
    "account.password_changed": "changed the password",
    "account.password_reset": "chose a new password by mail",
    "account.email_confirmed": "confirmed the e-mail address",
    "account.second_factor_on": "switched the second step on",
    "account.second_factor_off": "switched the second step off",
    "account.recovery_codes_renewed": "made new recovery codes",
    "account.passkey_added": "added a passkey",
    "account.passkey_removed": "removed a passkey",
    "member.invited": "invited somebody",
    "member.invitation_taken_back": "took an invitation back",
    "member.joined": "joined",
    "member.role_changed": "changed somebody's role",
    "member.removed": "removed somebody",
    "key.created": "made an API key",
    "key.revoked": "revoked an API key",
    "data.exported": "saved everything as a file",
    "data.deleted": "deleted the business",
    "support.allowed": "let support look in",
    "support.taken_back": "took support's permission back",
    "support.visit_began": "began to look into the account",
    "support.visit_ended": "stopped looking",
    "support.looked": "looked at",
    "staff.looked_at_customer": "looked at the account's record",
    "staff.looked_at_server": "looked at a server's figures",
    "order.placed": "placed an order",
    "order.paid": "took an order's payment",
    "provisioning.completed": "finished setting a server up",
    "provisioning.failed": "could not set a server up",
    "provisioning.retried": "tried a set-up again",
    "provisioning.cancelled": "cancelled a set-up",
    "tenant.stopped": "stopped everything on the server",
    "tenant.released": "let the server go on",
    "tenant.key_revoked": "revoked the server's key",
    "tenant.key_renewal_asked": "asked the server for a new key",
}


@dataclass(frozen=True)
class ActivityTexts:
    title: str = "Activity"
    intro: str = (
        "Who did what in your business, the newest first. Support is here as well, whenever it looks in."
    )
    open: str = "Show the activity log"
    none: str = "Nothing happened yet"
    support: str = "LetsBe support"
    server: str = "Your server"
    system: str = "LetsBe"
    gone: str = "Somebody who left"
    why: str = "Why: "
    acts: dict[str, str] = field(default_factory=lambda: dict(_ACTS))

    def act(self, action: str, place: str) -> str:
        """What was done, in words; an act without words of its own tells its name."""
        words = self.acts.get(action) or action.replace(".", ": ").replace("_", " ")
        return f"{words} {place}" if place else words

"""Words of a business's own record."""

from dataclasses import dataclass, field

_ACTS = {
    "account.signed_up": "made the account",
    "account.signed_in": "signed in",
    "account.signed_out": "signed out",
    "account.signed_out_by_staff": "signed somebody out everywhere",
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
    "account.sign_in_rules_changed": "changed how people must sign in",
    "agent.added": "added an agent",
    "agent.changed": "changed an agent's settings",
    "agent.restored": "set an agent up as it was before",
    "agent.stopped": "stopped an agent",
    "agent.released": "let an agent work again",
    "agent.cleaned": "took a password or key out of an agent's character",
    "agent.removed": "removed an agent",
    "approval.requested": "asked for an approval",
    "approval.reminded": "reminded you of an approval",
    "approval.decided": "decided what an agent had asked",
    "approval.settled": "took in what was decided",
    "approval.carried_out": "told what became of an approval",
    "approval.withdrawn": "took back that something may run unasked",
    "approval.forgotten": "asks again before something",
    "audit.alarm": "told of a record that does not fit what was told before",
    "canary.seen": "met a trap that was touched",
    "canary.acknowledged": "looked into a trap that was touched",
    "change.undo_requested": "asked to undo a change",
    "change.settled": "settled whether a change could be undone",
    "conversation.deleted": "deleted a conversation",
    "notices.changed": "changed what is told, and when",
    "notices.device_added": "added a device that is told",
    "notices.device_removed": "removed a device that was told",
    "retention.set": "chose how long conversations are kept",
    "retention.swept": "deleted conversations that were kept long enough",
    "secret.provide": "took in a new secret",
    "secret.provide_asked": "gave a new secret",
    "secret.replace": "took in a secret's new value",
    "secret.replace_asked": "replaced a secret",
    "secret.generate": "made a secret",
    "secret.generate_asked": "asked for a new secret",
    "secret.rotate": "gave a secret a new value",
    "secret.rotate_asked": "asked for a secret's new value",
    "secret.delete": "erased a secret",
    "secret.delete_asked": "deleted a secret",
    "secret.plant_canary": "planted a trap",
    "secret.plant_canary_asked": "asked to plant a trap",
    "secret.reveal": "showed a secret",
    "secret.reveal_asked": "asked to see a secret",
    "tenant.enrolled": "introduced itself",
    "tenant.vault_locked": "has locked its vault",
    "tenant.disk_full": "has no room left on its disk",
    "tenant.key_handed_out": "got its key",
    "webhook.added": "added a webhook",
    "webhook.changed": "changed a webhook",
    "webhook.disabled": "switched off a webhook that nobody answered",
    "webhook.redelivered": "sent an event once more",
    "webhook.removed": "removed a webhook",
    "webhook.secret_renewed": "renewed a webhook's secret",
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
    "order.awaiting_payment": "put an order back to payment",
    "order.provisioning": "began to set a server up",
    "order.active": "handed a server over",
    "order.failed": "stopped an order that could not go on",
    "order.cancelled": "cancelled an order",
    "provisioning.completed": "finished setting a server up",
    "provisioning.failed": "could not set a server up",
    "provisioning.retried": "tried a set-up again",
    "provisioning.cancelled": "cancelled a set-up",
    "tenant.stopped": "stopped everything on the server",
    "tenant.approval_ttl_set": "set how long questions wait",
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
    more: str = "See more"
    acts: dict[str, str] = field(default_factory=lambda: dict(_ACTS))

    def act(self, action: str, thing: str) -> str:
        """What was done, in words, and to what; an act without words of its own tells its name."""
        words = self.acts.get(action) or action.replace(".", ": ").replace("_", " ")
        if not thing:
            return words
        return f"{words} {thing}" if thing.startswith("/") else f"{words}: {thing}"

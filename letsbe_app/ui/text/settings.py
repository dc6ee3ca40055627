"""Words of the settings page."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SettingsTexts:
    title: str = "Settings"
    intro: str = "How you get in, what we tell you, and who else may do what."
    on_this_page: str = "On this page"
    groups: dict[str, str] = field(
        default_factory=lambda: {
            "you": "You and signing in",
            "notices": "What we tell you",
            "people": "People and support",
            "data": "Your data",
            "programs": "Programs",
        }
    )
    unknown_device: str = "A browser that does not tell its name"
    you: str = "You"
    email_confirmed: str = "Your address is confirmed."
    email_open: str = "We do not know yet whether our mails reach you."
    send_again: str = "Send the mail again"
    mail_sent: str = "The mail is on its way."
    password: str = "Your password"  # noqa: S105
    change_password: str = "Change your password"  # noqa: S105
    new_password: str = "New password"  # noqa: S105
    save_password: str = "Change the password"  # noqa: S105
    password_saved: str = "Changed. Your other devices were signed out."  # noqa: S105
    factor: str = "Second step at sign-in"
    factor_detail: str = (
        "Besides your password, an app on your phone gives a code that changes every 30 seconds. "
        "Somebody who learns your password then still cannot get in."
    )
    factor_on: str = "On"
    factor_off: str = "Off"
    factor_begin: str = "Set it up"
    factor_scan: str = "Open your authenticator app and scan this picture."
    factor_picture: str = "Picture for your authenticator app"
    factor_by_hand: str = "Or type this in:"
    factor_code: str = "The six digits that the app shows"
    factor_enable: str = "Switch it on"
    factor_keep: str = (
        "It is on. Keep these codes where you find them without your phone: each opens your account once. "
        "They are not shown again."
    )
    factor_disable: str = "Switch it off"
    factor_disabled: str = "It is off."
    passkeys: str = "Passkeys"
    passkeys_detail: str = (
        "Your phone, your computer or a security key signs you in by finger, face or PIN. There is nothing to "
        "remember, and nothing that somebody could trick you into telling."
    )
    passkeys_none: str = "You have none yet."
    passkey_add: str = "Add a passkey"
    passkey_name: str = "What to call it"
    passkey_name_hint: str = "Such as “Ada's phone”."
    passkey_added: str = "Added. From now on you can sign in with it alone."
    passkey_not_made: str = (
        "No passkey was made. Your device may have one for this account already, or you stopped it."
    )
    passkey_cannot: str = "This browser cannot keep passkeys."
    passkey_used: str = "last used "
    passkey_unused: str = "never used"
    passkey_remove: str = "Remove"
    passkey_removed: str = "It opens your account no more."
    sessions: str = "Where you are signed in"
    this_device: str = "This device"
    last_seen: str = "last seen "
    end_session: str = "Sign out"
    end_others: str = "Sign out everywhere else"
    session_ended: str = "Signed out there."
    people: str = "People of your business"
    demand: str = "Ask everybody for a second step"
    demand_on: str = "Everybody needs a second step at sign-in."
    demand_off: str = "A second step at sign-in is up to each of you."
    demand_detail: str = (
        "Whoever has neither an authenticator app nor a passkey is asked to set one up before anything else. "
        "Programs with an API key go on as before."
    )
    demand_end: str = "Leave it to each of you"
    demand_saved: str = "Saved."
    no_factor: str = "no second step"
    people_detail: str = "Everybody has their own way in. You say who may do what."
    role: str = "What this person may do"
    you_mark: str = "you"
    remove: str = "Remove"
    remove_title: str = "Take this person out of your business?"
    remove_detail: str = "They are signed out at once. What they wrote stays."
    removed: str = "They are out."
    role_saved: str = "Saved."
    invite: str = "Invite"
    invite_email: str = "E-mail"
    invited: str = "The invitation is on its way."
    open_invitations: str = "Invited, not here yet"
    expired: str = "too old"
    take_back: str = "Take back"
    taken_back: str = "The invitation no longer counts."
    owner: str = "Owner: may do everything"
    approver: str = "Approver: talks and approves"
    member: str = "Member: talks"
    read_only: str = "Reader: looks"
    keys: str = "Keys for programs"
    keys_detail: str = (
        "A program with a key may do what you tick, and nothing else. Never more than you may yourself."
    )
    no_keys: str = "There are no keys."
    key_name: str = "What is it for"
    key_scopes: str = "What it may do"
    scope_read: str = "Look at everything"
    scope_chat: str = "Talk to agents"
    scope_approve: str = "Approve what agents ask"
    scope_manage: str = "Change agents and servers"
    scope_buy: str = "Order and pay"
    key_make: str = "Make a key"
    key_made: str = "This is the key. Copy it now: it is not shown again."
    key_used: str = "last used "
    key_unused: str = "never used"
    revoke: str = "Revoke"
    revoked: str = "The key works no more."
    support: str = "Let support look in"
    support_detail: str = (
        "When something does not work, support can look at the state of your server and your settings. Never at "
        "what was said, never at secrets, and it cannot change or approve anything. You see each look in your "
        "activity log."
    )
    support_open: str = "Support may look in. This ends "
    support_closed: str = "Support cannot look in."
    support_hours: str = "For how long"
    support_allow: str = "Let support look in"
    support_allowed: str = "Support may look in now."
    support_end: str = "Stop it now"
    support_ended: str = "Support is out."
    data: str = "Your data"
    data_detail: str = (
        "Everything that we keep about your business, in one file that programs can read. What is in the tools "
        "on your server is not in it: take that along from the tools themselves."
    )
    export: str = "Save everything as a file"
    delete: str = "Delete your business"
    delete_detail: str = (
        "Everybody is signed out, and everything that was said is deleted at once. Your servers are erased, with "
        "all that is on them: your tools and what is in them, files, mail, secrets. Nothing is charged any more; "
        "paid orders stay in our books. This cannot be undone."
    )
    delete_name: str = "The name of your business, as a confirmation"
    delete_do: str = "Delete everything"

    def hours(self, count: int) -> str:
        return "1 hour" if count == 1 else f"{count} hours"

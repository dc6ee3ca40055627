"""Words of the pages that links in mails lead to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AccessTexts:
    forgot_title: str = "Choose a new password"
    forgot_intro: str = "Tell us your e-mail address. If it has an account, we send a link there."
    send_link: str = "Send me the link"
    link_sent: str = (
        "If there is an account with this address, a mail is on its way. The link in it works for 30 minutes."
    )
    to_sign_in: str = "Sign in"
    new_title: str = "Your new password"
    new_intro: str = "Everybody who is signed in to your account will be signed out."
    new_password: str = "New password"  # noqa: S105
    save_password: str = "Save the password"  # noqa: S105
    password_saved: str = "Your new password is saved."  # noqa: S105
    ask_again: str = "Ask for another link"
    confirm_title: str = "Is this your address?"
    confirm_intro: str = "One press, and we know that our mails reach you."
    confirm: str = "Confirm my address"
    confirmed: str = "Thank you. Your address is confirmed."
    to_portal: str = "Go to your portal"
    join_title: str = "You are invited"
    join_intro: str = (
        "Choose a password, and you are in. Your e-mail address is the one that got the invitation."
    )
    your_password: str = "Your password"  # noqa: S105
    join: str = "Join"
    also_end: str = "Also close"
    also_api_keys: str = "the API keys that I made"
    also_passkeys: str = "my passkeys"
    factor_title: str = "One more step"
    factor_intro: str = (
        "Your business asks everybody for a second step at sign-in. Set up one of these two, and you are in."
    )
    factor_app: str = "An authenticator app"
    factor_passkey: str = "A passkey"
    factor_done: str = "Done? Go on to your portal"

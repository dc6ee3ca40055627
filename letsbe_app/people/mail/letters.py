"""What the mails say. Plain text: it reads everywhere, and loads nothing."""

from datetime import datetime
from typing import Final

from letsbe_app.people.mail.mailer import Mail

_SIGNATURE: Final = "\n\nLetsBe Biz"


def reset_letter(email: str, link: str) -> Mail:
    """To somebody who forgot their password."""
    return Mail(
        email,
        "Choose a new password",
        "Somebody asked for a new password for your account.\n\n"
        f"If that was you, choose it here within 30 minutes:\n{link}\n\n"
        "If it was not you, do nothing: your password stays as it is." + _SIGNATURE,
    )


def changed_letter(email: str) -> Mail:
    """To somebody whose password was changed."""
    return Mail(
        email,
        "Your password was changed",
        "The password of your account was just changed, and everybody who was signed in was signed out.\n\n"
        "If it was not you, use “Forgot your password?” on the sign-in page now, and then look in Settings "
        "for people, passkeys and API keys that you do not know: those go on working." + _SIGNATURE,
    )


def confirm_letter(email: str, link: str) -> Mail:
    """To somebody new."""
    return Mail(
        email,
        "Confirm your e-mail address",
        f"Welcome. Confirm that this address is yours:\n{link}\n\n"
        "The link works for 24 hours. If you did not make an account, do nothing." + _SIGNATURE,
    )


def deleted_letter(email: str, business_name: str, deleted_by: str, at: datetime) -> Mail:
    """The last one, to somebody of a business that was deleted."""
    return Mail(
        email,
        f"{business_name} was deleted",
        f"On {at:%d %B %Y at %H:%M} (UTC) {deleted_by} deleted {business_name} at LetsBe Biz.\n\n"
        "Everything that was said there is gone. Its servers are being erased, with all that your tools and "
        "agents kept on them. Nothing is charged any more; paid orders stay in our books, as they must.\n\n"
        "If you know nothing of this, write to help@letsbe.biz." + _SIGNATURE,
    )


def webhook_letter(email: str, name: str, link: str) -> Mail:
    """To the owner of an address for events that has not taken any for days."""
    return Mail(
        email,
        "We have switched a webhook off",
        f"Your webhook “{name}” has not taken an event for three days, or says that it is gone. "
        "We have stopped sending there.\n\n"
        f"Once it works again, switch it on here, and send again what it missed:\n{link}" + _SIGNATURE,
    )


def notice_letter(email: str, subject: str, text: str, link: str) -> Mail:
    """To somebody who wants to be told of something by mail."""
    return Mail(
        email,
        subject,
        f"{text}\n\n{link}\n\nYou choose in your settings what we write to you about, and when." + _SIGNATURE,
    )


def invitation_letter(email: str, business_name: str, inviter: str, role_words: str, link: str) -> Mail:
    """To somebody who may join a business."""
    return Mail(
        email,
        f"Join {business_name} at LetsBe Biz",
        f"{inviter} invites you to work with the AI colleagues of {business_name}. {role_words}\n\n"
        f"Join here within 7 days:\n{link}\n\n"
        "If you do not know them, do nothing." + _SIGNATURE,
    )


def new_device_letter(email: str, device: str, at: datetime) -> Mail:
    """To somebody who signed in with a browser that they never used before, or somebody else did."""
    return Mail(
        email,
        "A new device signed in to your account",
        f"On {at:%d %B %Y at %H:%M} (UTC) your account was opened with a browser that was never used for it "
        f"before:\n\n    {device}\n\n"
        "If that was you, there is nothing to do. If it was not you, change your password now; that signs "
        "everybody else out." + _SIGNATURE,
    )


def sign_in_code_letter(email: str, code: str, device: str) -> Mail:
    """To somebody who signs in with a new browser, or whose password somebody else knows."""
    return Mail(
        email,
        "Your code to sign in",
        "Somebody gave your password at our sign-in page, in a browser that was never used for your account:"
        f"\n\n    {device}\n\n"
        f"If that was you, enter this code there within 10 minutes:\n\n    {code}\n\n"
        "If it was not you, somebody knows your password: choose a new one now, with “Forgot your password?” "
        "on the sign-in page. Tell nobody the code; we never ask for it anywhere else." + _SIGNATURE,
    )


def taken_letter(email: str) -> Mail:
    """To somebody with an account, for whose address somebody wanted another one."""
    return Mail(
        email,
        "You already have an account",
        "Somebody tried to make an account with your e-mail address. There is one, so nothing was made.\n\n"
        "If that was you, sign in instead; “Forgot your password?” helps where you do not know it any more. "
        "If it was not you, there is nothing to do." + _SIGNATURE,
    )


def passkey_letter(email: str, name: str, *, is_new: bool) -> Mail:
    """To somebody whose passkeys have changed. The name is their own words, so it stands on a line alone."""
    subject = "A passkey was added to your account" if is_new else "A passkey was removed from your account"
    return Mail(
        email,
        subject,
        f"{subject}:\n\n    {name}\n\n"
        "If it was not you, change your password now, and look through the passkeys in your settings."
        + _SIGNATURE,
    )

"""Words of signing up and signing in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SignInTexts:
    sign_up_title: str = "Make your account"
    sign_up_intro: str = (
        "Then choose the tools for your business. You pay nothing until you have seen the price."
    )
    business: str = "Name of your business"
    email: str = "E-mail"
    password: str = "Password"  # noqa: S105
    password_hint: str = "At least 10 characters. A sentence is easier to keep in mind than a word."  # noqa: S105
    sign_up: str = "Make my account"
    terms_before: str = "What holds when you have one:"
    have_account: str = "You have an account already?"
    sign_in_title: str = "Welcome back"
    sign_in_intro: str = "Sign in to see your server and your agents."
    sign_in: str = "Sign in"
    forgot: str = "Forgot your password?"
    code: str = "Code"
    code_hint: str = "The six digits from your authenticator app, or a recovery code."
    mailed_code: str = "Code from our mail"
    mailed_code_hint: str = (
        "We do not know this browser yet, so we have sent you a mail with eight digits. They are good for ten "
        "minutes. Nothing there? Look in the spam folder, or sign in with the field left empty for a new one."
    )
    no_account: str = "You are new here?"
    make_account: str = "Make an account"
    passkey: str = "Sign in with a passkey"
    passkey_instead: str = "Use a passkey instead"
    passkey_refused: str = "No passkey was used. Try again, or use the other way."
    working: str = "One moment"
    failed: str = "The hub did not answer. Check your connection and try again; what you typed is still here."

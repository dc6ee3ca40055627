"""Signing in with a passkey."""

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.islands import Island, island
from letsbe_app.ui.text import texts


class PasskeySignIn(Island):
    """A button, and an offer in the e-mail field's menu; see ``passkey_sign_in.jsx``."""

    library = island("passkey_sign_in.jsx")
    tag = "PasskeySignIn"

    label: rx.Var[str]
    working_label: rx.Var[str]
    failed_text: rx.Var[str]
    refused_text: rx.Var[str]
    after: rx.Var[str]


def passkey_sign_in() -> rx.Component:
    """Return the button; nothing where the browser has no passkeys."""
    t = texts().sign_in
    return PasskeySignIn.create(
        label=t.passkey,
        working_label=t.working,
        failed_text=t.failed,
        refused_text=t.passkey_refused,
        after=routes.HOME,
    )

"""Signing in with a passkey, and adding one."""

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec

from letsbe_app.ui import routes
from letsbe_app.ui.components.account_form import FormField, code_field
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


class PasskeyAdd(Island):
    """Password, name, and the device's own question; see ``passkey_add.jsx``."""

    library = island("passkey_add.jsx")
    tag = "PasskeyAdd"

    route: rx.Var[str]
    words: rx.Var[dict[str, str]]
    code_field: rx.Var[FormField]
    working: rx.Var[str]
    failed: rx.Var[str]
    on_done: rx.EventHandler[no_args_event_spec]  # type: ignore[type-arg, valid-type]


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


def passkey_add(**props: Any) -> rx.Component:
    """Return the way from the password to a new passkey; ``props`` as ``on_done``."""
    t, s = texts().settings, texts().sign_in
    return PasskeyAdd.create(
        route="/api/v1/customer/account/passkeys",
        words={
            "name": t.passkey_name,
            "name_hint": t.passkey_name_hint,
            "password": t.password,
            "add": t.passkey_add,
            "added": t.passkey_added,
            "not_made": t.passkey_not_made,
            "cannot": t.passkey_cannot,
        },
        code_field=code_field(),
        working=s.working,
        failed=s.failed,
        **props,
    )

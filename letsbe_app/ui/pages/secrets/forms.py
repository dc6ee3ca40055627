"""The islands of the secrets' page: values are sealed and opened in them, in the browser."""

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec

from letsbe_app.ui.islands import Island, island
from letsbe_app.ui.pages.secrets.view_models import PROVIDABLE
from letsbe_app.ui.text import texts


def _sent_args(request_id: rx.Var[str]) -> list[rx.Var[str]]:
    return [request_id]


class SecretForm(Island):
    """Takes a value, seals it for the server, sends it, and stays until the server has it."""

    library = island("secret_form.jsx")
    tag = "SecretForm"

    tenant_id: rx.Var[str]
    public_key: rx.Var[str]
    fixed_name: rx.Var[str]
    wanted_name: rx.Var[str]
    kinds: rx.Var[list[dict[str, str]]]
    words: rx.Var[dict[str, str]]
    on_sent: rx.EventHandler[_sent_args]  # type: ignore[type-arg, valid-type]
    on_left: rx.EventHandler[_sent_args]  # type: ignore[type-arg, valid-type]


class RevealSecret(Island):
    """Asks for the password and shows a value for a minute."""

    library = island("reveal_secret.jsx")
    tag = "RevealSecret"

    tenant_id: rx.Var[str]
    name: rx.Var[str]
    words: rx.Var[dict[str, str]]
    on_done: rx.EventHandler[no_args_event_spec]  # type: ignore[type-arg, valid-type]


def secret_form(
    *, tenant_id: Any, public_key: Any, name: Any = "", wanted_name: Any = "", on_sent: Any, on_left: Any
) -> rx.Component:
    """Return the form for a new secret, maybe one that an agent named, or for a new value of ``name``."""
    t = texts().secrets
    return SecretForm.create(
        tenant_id=tenant_id,
        public_key=public_key,
        fixed_name=name,
        wanted_name=wanted_name,
        kinds=[{"value": kind, "label": t.kinds[kind]} for kind in PROVIDABLE],
        words={
            "name": t.form_name,
            "nameHint": t.form_name_hint,
            "kind": t.form_kind,
            "value": t.form_value,
            "valueHint": t.form_value_hint,
            "show": t.form_show,
            "note": t.form_note,
            "noteHint": t.form_note_hint,
            "submit": t.form_submit,
            "working": t.form_working,
            "waiting": t.form_waiting,
            "tooLate": t.expired,
            "badName": t.form_bad_name,
            "tooShort": t.form_too_short,
            "nameTells": t.form_name_tells,
            "noteTells": t.form_note_tells,
            "cannotSeal": t.cannot_seal,
            "failed": t.failed,
        },
        on_sent=on_sent,
        on_left=on_left,
    )


def reveal_secret(*, tenant_id: Any, name: Any, on_done: Any) -> rx.Component:
    """Return what shows a secret once."""
    t = texts().secrets
    return RevealSecret.create(
        tenant_id=tenant_id,
        name=name,
        words={
            "about": t.reveal_about,
            "password": t.reveal_password,
            "code": texts().sign_in.code,
            "codeHint": texts().sign_in.code_hint,
            "submit": t.reveal_submit,
            "working": t.reveal_working,
            "shownAbout": t.reveal_shown,
            "value": t.form_value,
            "gone": t.reveal_gone,
            "copy": texts().common.copy,
            "copied": texts().common.copied,
            "tooLate": t.reveal_too_late,
            "cannotSeal": t.cannot_seal,
            "failed": t.failed,
        },
        on_done=on_done,
    )

"""Forms whose secrets go to the hub by REST, never through the page's state."""

from collections.abc import Mapping
from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec

from letsbe_app.people.accounts.access import OtherWay
from letsbe_app.ui.islands import Island, island
from letsbe_app.ui.text import texts

FormField = dict[str, Any]


class AccountForm(Island):
    """A form that posts to one of the hub's REST routes; see ``account_form.jsx``."""

    library = island("account_form.jsx")
    tag = "AccountForm"

    action: rx.Var[str]
    prefix: rx.Var[str]
    fields: rx.Var[list[dict[str, Any]]]
    code_field: rx.Var[dict[str, Any]]
    mailed_code_field: rx.Var[dict[str, Any]]
    submit_label: rx.Var[str]
    working_label: rx.Var[str]
    failed_text: rx.Var[str]
    passkey_label: rx.Var[str]
    passkey_refused: rx.Var[str]
    after: rx.Var[str]
    after_label: rx.Var[str]
    done: rx.Var[str]
    shown: rx.Var[str]
    takes_token: rx.Var[bool]
    extra: rx.Var[dict[str, Any]]
    is_danger: rx.Var[bool]
    on_done: rx.EventHandler[no_args_event_spec]  # type: ignore[type-arg, valid-type]


def form_field(name: str, label: str, kind: str, autocomplete: str, hint: str = "") -> FormField:
    """Return the description of one input."""
    return {"name": name, "label": label, "type": kind, "autocomplete": autocomplete, "hint": hint}


def select_field(name: str, label: str, choices: Mapping[str, str]) -> FormField:
    """Return the description of a list of which one is chosen: words by value."""
    listed = [{"value": value, "text": text} for value, text in choices.items()]
    return {**form_field(name, label, "select", "off"), "choices": listed}


def code_field() -> FormField:
    """Return the description of the field that comes when the hub asks for the second factor."""
    t = texts().sign_in
    return form_field("code", t.code, "text", "one-time-code", t.code_hint)


def mailed_code_field() -> FormField:
    """Return the description of the field that comes when the hub has mailed a code."""
    t = texts().sign_in
    return form_field("code", t.mailed_code, "text", "one-time-code", t.mailed_code_hint)


def choices_field(name: str, label: str, options: dict[str, str], *, is_named: bool = False) -> FormField:
    """
    Return the description of boxes to tick.

    Args:
        name: Of the list in the body.
        label: What is asked.
        options: Their texts by value.
        is_named: The values are names that people meet elsewhere, and stand beside the texts.
    """
    return {
        "name": name,
        "label": label,
        "options": [{"value": value, "text": text} for value, text in options.items()],
        "isNamed": is_named,
    }


def also_end_field() -> FormField:
    """Return the boxes of what a new password does not close by itself."""
    t = texts().access
    return choices_field(
        "also_end",
        t.also_end,
        {OtherWay.API_KEYS.value: t.also_api_keys, OtherWay.PASSKEYS.value: t.also_passkeys},
    )


def account_form(action: str, fields: list[FormField], submit: str, **props: Any) -> rx.Component:
    """
    Return the form.

    Args:
        action: The REST route.
        fields: From ``form_field`` and ``choices_field``.
        submit: What the button says.
        props: ``after`` (where to go), or ``done`` (what to say); further ones as in ``AccountForm``.
    """
    t = texts().sign_in
    return AccountForm.create(
        action=action,
        fields=fields,
        submit_label=submit,
        working_label=t.working,
        failed_text=t.failed,
        passkey_label=t.passkey_instead,
        passkey_refused=t.passkey_refused,
        **props,
    )

"""What the sections of the settings page are made of."""

from typing import Any, Final

import reflex as rx

from letsbe_app.ui.components.account_form import FormField, account_form, code_field, form_field
from letsbe_app.ui.components.card import panel
from letsbe_app.ui.components.fold import fold
from letsbe_app.ui.text import texts

ACCOUNT: Final = "/api/v1/customer/account"

part = panel
"""A section of the page is a titled card."""


def confirmed_form(action: str, fields: list[FormField], submit: str, **props: Any) -> rx.Component:
    """Return a form that also asks for the password, and for the second factor where there is one."""
    password = form_field("password", texts().settings.password, "password", "current-password")
    return account_form(action, [*fields, password], submit, code_field=code_field(), **props)


def folded(summary: str, *children: Any) -> rx.Component:
    """Return a form that opens when it is wanted."""
    return fold(summary, *children, class_name="pt-3 max-w-md flex flex-col gap-4")

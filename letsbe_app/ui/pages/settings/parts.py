"""What the sections of the settings page are made of."""

from typing import Any, Final

import reflex as rx

from letsbe_app.ui.components.account_form import FormField, account_form, code_field, form_field
from letsbe_app.ui.components.card import card
from letsbe_app.ui.text import texts

ACCOUNT: Final = "/api/v1/customer/account"


def part(title: str, *children: Any, detail: str = "") -> rx.Component:
    """Return a titled card."""
    return rx.el.section(
        card(
            rx.el.h2(title, class_name="text-lg font-semibold"),
            rx.el.p(detail, class_name="text-sm text-muted max-w-measure") if detail else rx.fragment(),
            *children,
            class_name="flex flex-col gap-4",
        ),
        aria_label=title,
    )


def confirmed_form(action: str, fields: list[FormField], submit: str, **props: Any) -> rx.Component:
    """Return a form that also asks for the password, and for the second factor where there is one."""
    password = form_field("password", texts().settings.password, "password", "current-password")
    return account_form(action, [*fields, password], submit, code_field=code_field(), **props)


def folded(summary: str, *children: Any) -> rx.Component:
    """Return something that opens when it is wanted."""
    return rx.el.details(
        rx.el.summary(
            summary, class_name="cursor-pointer min-h-target flex items-center text-accent underline"
        ),
        rx.el.div(*children, class_name="pt-3 max-w-md flex flex-col gap-4"),
    )

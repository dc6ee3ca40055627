"""What the sections of the settings page are made of."""

from typing import Any, Final

import reflex as rx

from letsbe_app.ui.components.card import card

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


def folded(summary: str, *children: Any) -> rx.Component:
    """Return something that opens when it is wanted."""
    return rx.el.details(
        rx.el.summary(
            summary, class_name="cursor-pointer min-h-target flex items-center text-accent underline"
        ),
        rx.el.div(*children, class_name="pt-3 max-w-md flex flex-col gap-4"),
    )

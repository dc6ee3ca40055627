"""Surfaces and sections."""

from typing import Any

import reflex as rx


def card(*children: Any, class_name: str = "", **props: Any) -> rx.Component:
    """Return a raised surface."""
    return rx.el.div(
        *children, class_name=f"bg-card border border-line rounded-card p-4 sm:p-5 {class_name}", **props
    )


def section(
    title: Any, *children: Any, aside: rx.Component | None = None, class_name: str = ""
) -> rx.Component:
    """Return a titled part of a page."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2(title, class_name="text-lg font-semibold"),
            aside or rx.fragment(),
            class_name="flex items-baseline justify-between gap-3",
        ),
        *children,
        class_name=f"flex flex-col gap-3 {class_name}",
    )


def panel(title: str, *children: Any, detail: str = "") -> rx.Component:
    """Return a card with its title in it."""
    return rx.el.section(
        card(
            rx.el.div(
                rx.el.h2(title, class_name="text-lg font-semibold"),
                rx.el.p(detail, class_name="text-sm text-muted max-w-measure mt-1")
                if detail
                else rx.fragment(),
            ),
            *children,
            class_name="flex flex-col gap-4",
        ),
        aria_label=title,
    )

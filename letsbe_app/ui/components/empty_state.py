"""What stands where nothing is yet: one sentence and one next step."""

from typing import Any

import reflex as rx

from letsbe_app.ui.components.icon import icon


def empty_state(
    title: Any,
    detail: Any | None = None,
    *,
    icon_name: str = "inbox",
    action: rx.Component | None = None,
    is_page: bool = False,
) -> rx.Component:
    """Return an empty state; ``is_page`` says that nothing else stands on the page, so that it has the title."""
    heading = (
        rx.el.h1(title, class_name="text-xl font-semibold mt-1")
        if is_page
        else rx.el.p(title, class_name="font-medium")
    )
    return rx.el.div(
        rx.el.span(
            icon(icon_name, 24),
            class_name="size-12 rounded-pill bg-sunken text-muted inline-flex items-center justify-center",
        ),
        heading,
        rx.el.p(detail, class_name="text-muted max-w-[44ch] text-balance")
        if detail is not None
        else rx.fragment(),
        rx.el.div(action, class_name="mt-2") if action is not None else rx.fragment(),
        class_name="flex flex-col items-center text-center gap-2 py-10 px-4",
    )

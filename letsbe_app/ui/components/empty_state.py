"""What stands where nothing is yet: one sentence and one next step."""

from typing import Any

import reflex as rx

from letsbe_app.ui.components.icon import icon


def empty_state(
    title: Any, detail: Any = "", *, icon_name: str = "inbox", action: rx.Component | None = None
) -> rx.Component:
    """Return an empty state."""
    return rx.el.div(
        rx.el.span(
            icon(icon_name, 24),
            class_name="size-12 rounded-pill bg-sunken text-muted inline-flex items-center justify-center",
        ),
        rx.el.p(title, class_name="font-medium"),
        rx.el.p(detail, class_name="text-muted max-w-[44ch] text-balance") if detail != "" else rx.fragment(),
        rx.el.div(action, class_name="mt-2") if action is not None else rx.fragment(),
        class_name="flex flex-col items-center text-center gap-2 py-10 px-4",
    )

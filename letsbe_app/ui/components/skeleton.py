"""Grey shapes for a wait; they appear only after 300 ms."""

import reflex as rx

from letsbe_app.ui.text import texts


def skeleton(*heights: str) -> rx.Component:
    """Return one bar per Tailwind height, such as ``skeleton("h-6", "h-24")``."""
    return rx.el.div(
        rx.el.span(texts().common.loading, class_name="sr-only"),
        *[rx.el.div(class_name=f"skeleton {height}") for height in heights],
        role="status",
        class_name="flex flex-col gap-3",
    )

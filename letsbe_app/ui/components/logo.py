"""The product's mark and name."""

import reflex as rx

from letsbe_app.ui.text import texts


def logo() -> rx.Component:
    """Return the mark with the name beside it."""
    return rx.el.span(
        rx.el.img(src="/icon.svg", alt="", width="28", height="28", class_name="size-7"),
        rx.el.span(texts().common.product, class_name="font-semibold tracking-tight whitespace-nowrap"),
        class_name="inline-flex items-center gap-2.5 min-h-target",
    )

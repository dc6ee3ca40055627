"""Something that opens when it is wanted."""

from typing import Any, Final

import reflex as rx

from letsbe_app.ui.components.icon import icon

_SUMMARY: Final = (
    "inline-flex items-center gap-1.5 min-h-target pr-2 rounded-control text-accent cursor-pointer list-none "
    "hover:brightness-110"
)


def fold(summary: Any, *children: Any, class_name: str = "pt-2") -> rx.Component:
    """Return a line that unfolds what is below it; ``class_name`` is the look of what is folded away."""
    return rx.el.details(
        rx.el.summary(
            icon("chevron-right", 16, "transition-transform group-open/fold:rotate-90"),
            summary,
            class_name=_SUMMARY,
        ),
        rx.el.div(*children, class_name=class_name),
        class_name="group/fold",
    )

"""Where one is in a row of steps, in words as well."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from letsbe_app.ui.components.icon import icon


def stepper(names: Sequence[str], current: Any, *, label: str) -> rx.Component:
    """Return the row of steps; ``current`` is the 0-based position, a var or a number."""
    return rx.el.ol(
        *[_step(name, position, current) for position, name in enumerate(names)],
        aria_label=label,
        tab_index=0,
        class_name="flex items-center gap-1 text-sm overflow-x-auto",
    )


def _step(name: str, position: int, current: Any) -> rx.Component:
    here = rx.Var.create(current)
    mark = rx.cond(
        here > position,
        rx.el.span(
            icon("check", 14),
            class_name="size-6 rounded-pill bg-accent text-on-accent inline-flex items-center justify-center",
        ),
        rx.el.span(
            str(position + 1),
            class_name=rx.cond(
                here == position,
                "size-6 rounded-pill border-2 border-accent text-accent font-medium tabular "
                "inline-flex items-center justify-center",
                "size-6 rounded-pill border border-line text-muted tabular "
                "inline-flex items-center justify-center",
            ),
        ),
    )
    return rx.el.li(
        mark,
        rx.el.span(
            name,
            class_name=rx.cond(here == position, "font-medium", "text-muted max-sm:sr-only"),
        ),
        aria_current=rx.cond(here == position, "step", "false"),
        class_name=(
            "flex items-center gap-2 whitespace-nowrap "
            "not-last:after:content-[''] not-last:after:w-2 sm:not-last:after:w-6 not-last:after:h-px not-last:after:bg-line "
            "not-last:after:mx-1"
        ),
    )

"""A few views of one page, one at a time."""

from collections.abc import Sequence
from typing import Any

import reflex as rx


def tabs(label: str, items: Sequence[tuple[str, Any, Any]]) -> rx.Component:
    """Return a row of tabs; each item is its name, whether it is shown (a var), and what choosing it does."""
    return rx.el.div(
        *[
            rx.el.button(
                name,
                type="button",
                role="tab",
                aria_selected=rx.cond(is_shown, "true", "false"),
                on_click=on_choose,
                class_name=(
                    "min-h-target px-4 rounded-control text-muted cursor-pointer hover:text-ink "
                    "aria-selected:bg-card aria-selected:text-ink aria-selected:font-medium "
                    "aria-selected:shadow-soft"
                ),
            )
            for name, is_shown, on_choose in items
        ],
        role="tablist",
        aria_label=label,
        class_name="inline-flex w-fit gap-1 p-1 bg-sunken rounded-card",
    )

"""A list of rows on one surface, loaded page by page."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from letsbe_app.ui.components.button import button
from letsbe_app.ui.text import texts


def card_list(
    items: Any, row: Callable[[Any], rx.Component], *, label: str, empty: rx.Component
) -> rx.Component:
    """Return the list; ``row`` makes an ``li`` of one item's var, ``empty`` stands where there is none."""
    return rx.cond(
        items.length() > 0,
        rx.el.ul(
            rx.foreach(items, row),
            aria_label=label,
            class_name="bg-card border border-line rounded-card shadow-soft divide-y divide-line",
        ),
        empty,
    )


def load_more(cursor: Any, on_click: Any) -> rx.Component:
    """Return the button that shows the next page, while there is one."""
    return rx.cond(
        cursor != "",
        button(texts().common.load_more, kind="quiet", on_click=on_click, class_name="self-center"),
    )

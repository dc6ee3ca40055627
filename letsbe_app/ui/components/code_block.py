"""Commands and diffs, exactly as they are, with a button that copies them."""

from typing import Any

import reflex as rx

from letsbe_app.ui.islands import Island, island
from letsbe_app.ui.text import texts


class CopyButton(Island):
    """Copies a text and says that it did."""

    library = island("copy_button.jsx")
    tag = "CopyButton"

    text: rx.Var[str]
    label: rx.Var[str]
    done: rx.Var[str]


def code_block(text: Any, *, label: Any) -> rx.Component:
    """Return a block of monospaced text; ``label`` says what it is."""
    t = texts().common
    return rx.el.figure(
        rx.el.figcaption(
            rx.el.span(label, class_name="text-sm text-muted"),
            CopyButton.create(text=text, label=t.copy, done=t.copied),
            class_name="flex items-center justify-between gap-2 -my-1.5",
        ),
        rx.el.pre(
            rx.el.code(text),
            tab_index=0,
            class_name=(
                "scrolls border border-line rounded-control p-3 text-sm font-mono "
                "whitespace-pre-wrap wrap-anywhere max-h-72"
            ),
        ),
        class_name="flex flex-col",
    )

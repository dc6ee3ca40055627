"""How a text changes: what comes and what goes, told apart by sign, word and colour."""

from typing import Any

import reflex as rx

from letsbe_app.ui.diffs import DiffPart
from letsbe_app.ui.text import texts


def diff_block(diff: Any, *, label: Any) -> rx.Component:
    """Return the change (a var of ``Diff``) with how much it is; ``label`` says of what."""
    return rx.el.figure(
        rx.el.figcaption(
            rx.el.span(label, class_name="text-muted"),
            rx.el.span(diff.counts, class_name="text-muted"),
            class_name="flex flex-wrap items-center justify-between gap-x-2 pb-1.5 text-sm",
        ),
        rx.el.div(
            rx.foreach(diff.parts, _part),
            role="group",
            aria_label=label,
            tab_index=0,
            class_name=(
                "scrolls border border-line rounded-control py-2 text-sm font-mono "
                "whitespace-pre-wrap wrap-anywhere max-h-72"
            ),
        ),
        class_name="flex flex-col",
    )


def _part(part: rx.vars.ObjectVar[DiffPart]) -> rx.Component:
    t = texts().common
    return rx.match(
        part.kind,
        ("added", _lines(rx.el.ins, part.text, t.added, "bg-green/15")),
        ("removed", _lines(rx.el.del_, part.text, t.removed, "bg-red/10")),
        ("gap", rx.el.p(t.lines_left_out, class_name="px-3 py-1 font-sans text-muted")),
        rx.el.p(part.text, class_name="px-3"),
    )


def _lines(element: Any, text: Any, heard: str, look: str) -> rx.Component:
    return element(
        rx.el.span(heard, class_name="sr-only"), text, class_name=f"block px-3 no-underline {look}"
    )

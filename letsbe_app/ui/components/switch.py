"""An on/off switch with its sentence beside it."""

from typing import Any

import reflex as rx


def switch(label: Any, *, is_on: Any, on_change: Any, detail: Any = "", **props: Any) -> rx.Component:
    """Return a switch; the whole line is its target."""
    return rx.el.label(
        rx.el.span(
            rx.el.span(label, class_name="block"),
            rx.el.span(detail, class_name="block text-sm text-muted") if detail != "" else rx.fragment(),
            class_name="grow min-w-0",
        ),
        rx.el.input(
            type="checkbox",
            role="switch",
            checked=is_on,
            on_change=on_change,
            class_name="sr-only peer",
            **props,
        ),
        rx.el.span(
            rx.el.span(
                class_name=(
                    "block size-5 rounded-pill bg-card shadow transition-transform "
                    "group-has-checked:translate-x-5"
                )
            ),
            aria_hidden="true",
            class_name="w-12 shrink-0 p-1 rounded-pill bg-muted transition-colors group-has-checked:bg-accent",
        ),
        class_name=(
            "group relative flex items-center gap-3 min-h-target py-1 cursor-pointer "
            "has-focus-visible:outline-2 has-focus-visible:outline-accent rounded-control "
            "has-disabled:opacity-60 has-disabled:cursor-default"
        ),
    )

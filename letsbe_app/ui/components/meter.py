"""A meter: how much of something is used, with the number written beside it."""

from typing import Any

import reflex as rx


def meter(label: Any, *, value_text: Any, percent: Any, is_tight: Any = False) -> rx.Component:
    """Return a meter; ``percent`` is 0 to 100, ``value_text`` says it in words, ``is_tight`` warns."""
    return rx.el.div(
        rx.el.div(
            rx.el.span(label),
            rx.el.span(value_text, class_name="tabular text-muted"),
            class_name="flex justify-between gap-3 text-sm",
        ),
        rx.el.div(
            rx.el.div(
                class_name=rx.cond(
                    is_tight,
                    "h-full rounded-pill bg-red transition-[width]",
                    "h-full rounded-pill bg-accent transition-[width]",
                ),
                style={"width": rx.Var.create(percent).to(str) + "%"},
            ),
            # Reflex checks `role` against a list that misses "meter".
            custom_attrs={"role": "meter"},
            aria_label=label,
            aria_valuenow=percent,
            aria_valuemin="0",
            aria_valuemax="100",
            aria_valuetext=value_text,
            class_name="h-2 rounded-pill bg-sunken border border-line/60 overflow-hidden",
        ),
        class_name="flex flex-col gap-1.5",
    )

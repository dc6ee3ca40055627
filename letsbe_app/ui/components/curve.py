"""A line of how a figure went."""

import reflex as rx

from letsbe_app.ui.components.card import card
from letsbe_app.ui.components.time_ago import time_ago
from letsbe_app.ui.curves import HEIGHT, WIDTH, Curve


def curve(one: rx.vars.ObjectVar[Curve]) -> rx.Component:
    """Return a small chart with its name and its last value; the words are for screen readers."""
    return card(
        rx.el.div(
            rx.el.span(one.name, class_name="font-medium"),
            rx.el.span(one.last, class_name="text-muted tabular"),
            class_name="flex justify-between gap-2",
        ),
        rx.el.svg(
            rx.el.path(
                d=one.drawn,
                custom_attrs={
                    "fill": "none",
                    "stroke": "currentColor",
                    "strokeWidth": "2",
                    "strokeLinecap": "round",
                    "vectorEffect": "non-scaling-stroke",
                },
            ),
            view_box=f"0 0 {WIDTH} {HEIGHT}",
            custom_attrs={"preserveAspectRatio": "none", "aria-hidden": "true"},
            class_name="w-full h-24 mt-2 text-accent border-b border-line",
        ),
        rx.el.div(
            rx.cond(one.began_at != one.ended_at, time_ago(one.began_at)),
            time_ago(one.ended_at),
            class_name="flex justify-between gap-2 mt-1 text-xs text-muted",
        ),
        rx.el.p(one.told, class_name="sr-only"),
    )

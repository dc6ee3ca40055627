"""The summary that is always true: what the chosen tools need and the smallest plan that fits."""

from typing import Any

import reflex as rx

from letsbe_app.ui.components.card import card
from letsbe_app.ui.components.icon import icon
from letsbe_app.ui.components.meter import meter
from letsbe_app.ui.text import texts


def summary(quote: Any, *actions: rx.Component) -> rx.Component:
    """
    Return the summary card; on a phone it stays as a bar at the bottom.

    Args:
        quote: A ``QuoteView`` var.
        actions: What can be done next.
    """
    return rx.el.aside(
        card(
            _plan_line(quote),
            rx.el.div(_needs(quote), class_name="max-lg:hidden"),
            rx.el.div(*actions, class_name="flex flex-col gap-2 max-lg:mt-3 lg:mt-5 empty:hidden"),
            class_name="shadow-soft max-lg:rounded-b-none max-lg:pb-[max(1rem,env(safe-area-inset-bottom))]",
        ),
        aria_label=texts().calculator.summary,
        class_name="lg:sticky lg:top-6 self-start max-lg:fixed max-lg:inset-x-0 max-lg:bottom-0 max-lg:z-30",
    )


def _plan_line(quote: Any) -> rx.Component:
    t = texts().calculator
    return rx.el.div(
        rx.cond(
            quote.tool_count == 0,
            rx.el.p(t.nothing, class_name="text-muted"),
            rx.el.div(
                rx.el.p(quote.count_text, class_name="text-sm text-muted max-lg:hidden"),
                rx.el.p(quote.plan_text, class_name="font-semibold"),
                rx.cond(
                    quote.price_text,
                    rx.el.p(
                        rx.el.span(quote.price_text, class_name="text-xl font-bold tabular"),
                        rx.el.span(f" {t.per_month}", class_name="text-sm text-muted"),
                        class_name="whitespace-nowrap",
                    ),
                ),
                class_name="max-lg:flex max-lg:items-baseline max-lg:justify-between max-lg:gap-3",
            ),
        ),
        aria_live="polite",
    )


def _needs(quote: Any) -> rx.Component:
    t = texts().calculator
    return rx.cond(
        quote.tool_count > 0,
        rx.el.div(
            meter(
                t.memory,
                value_text=quote.memory_text,
                percent=quote.memory_percent,
                is_tight=quote.is_memory_tight,
            ),
            meter(
                t.disk, value_text=quote.disk_text, percent=quote.disk_percent, is_tight=quote.is_disk_tight
            ),
            rx.el.p(t.headroom, class_name="text-sm text-muted"),
            rx.cond(
                quote.too_small.length() > 0,
                rx.el.details(
                    rx.el.summary(
                        t.why_not,
                        class_name="text-sm cursor-pointer min-h-target flex items-center text-accent",
                    ),
                    rx.el.ul(
                        rx.foreach(
                            quote.too_small,
                            lambda line: rx.el.li(
                                icon("minus", 14, class_name="mt-1"),
                                rx.el.span(line),
                                class_name="flex gap-2 text-sm text-muted",
                            ),
                        ),
                        class_name="flex flex-col gap-2",
                    ),
                ),
            ),
            class_name="mt-4 flex flex-col gap-3",
        ),
    )

"""A card that is chosen: a real radio button or checkbox underneath."""

from typing import Any

import reflex as rx

from letsbe_app.ui.components.icon import icon


def choice_card(
    title: Any,
    detail: Any,
    *,
    name: str,
    value: Any,
    is_chosen: Any,
    is_single: bool = True,
    aside: rx.Component | None = None,
    on_choose: Any = None,
    **props: Any,
) -> rx.Component:
    """Return a choice card; ``is_single`` makes it one of a group (radio), else a checkbox."""
    return rx.el.label(
        rx.el.input(
            type="radio" if is_single else "checkbox",
            name=name,
            value=value,
            checked=is_chosen,
            on_change=on_choose,
            class_name="sr-only peer",
            **props,
        ),
        rx.el.span(
            icon("check", 14),
            class_name=(
                "mt-0.5 size-5 shrink-0 inline-flex items-center justify-center border border-muted/70 "
                f"{'rounded-pill' if is_single else 'rounded'} text-transparent "
                "group-has-checked:bg-accent group-has-checked:border-accent group-has-checked:text-on-accent"
            ),
        ),
        rx.el.span(
            rx.el.span(title, class_name="block font-medium"),
            rx.el.span(detail, class_name="block text-sm text-muted"),
            class_name="grow min-w-0 basis-[calc(100%-3rem)] sm:basis-0",
        ),
        rx.el.span(aside, class_name="max-sm:pl-8") if aside is not None else rx.fragment(),
        class_name=(
            "group relative flex flex-wrap sm:flex-nowrap items-start gap-3 min-h-target p-3 rounded-card bg-card border border-line "
            "cursor-pointer hover:border-accent has-checked:border-accent has-checked:ring-1 "
            "has-checked:ring-accent has-focus-visible:outline-2 has-focus-visible:outline-accent "
            "has-focus-visible:outline-offset-2"
        ),
    )

"""The head of a page: its one title, a sentence on what it is for, and what can be done at once."""

from typing import Any

import reflex as rx


def page_head(title: Any, detail: Any = "", *, aside: rx.Component | None = None) -> rx.Component:
    """Return the head; ``aside`` stands beside the title, on a phone below it."""
    return rx.el.div(
        rx.el.div(
            rx.el.h1(title, class_name="text-2xl font-semibold wrap-anywhere"),
            rx.el.p(detail, class_name="text-muted mt-1 max-w-measure") if detail != "" else rx.fragment(),
            # With a sentence below it the title wants a line of its own on a phone.
            class_name="grow min-w-0 basis-72" if detail != "" else "grow min-w-0",
        ),
        aside or rx.fragment(),
        class_name=f"flex flex-wrap justify-between gap-3 {'items-start' if detail != '' else 'items-center'}",
    )

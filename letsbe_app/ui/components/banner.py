"""A line across the page that says in what state things are."""

from typing import Any, Final, Literal

import reflex as rx

from letsbe_app.ui.components.icon import icon

Tone = Literal["info", "warning", "danger"]

_TONES: Final[dict[Tone, tuple[str, str]]] = {
    "info": ("text-info border-info/40", "info"),
    "warning": ("text-yellow border-yellow/50", "triangle-alert"),
    "danger": ("text-red border-red/50", "octagon-alert"),
}


def banner(
    text: Any,
    *,
    tone: Tone = "info",
    detail: Any = "",
    icon_name: str = "",
    is_detail_kept: bool = False,
    action: rx.Component | None = None,
    **props: Any,
) -> rx.Component:
    """
    Return a banner.

    Args:
        text: What is so.
        tone: How grave it is.
        detail: Continues in a quieter voice; a phone shows it only where ``is_detail_kept``.
        icon_name: Instead of the tone's own.
        is_detail_kept: The detail matters more than room.
        action: What can be done about it.
        **props: For the element.
    """
    style, default_icon = _TONES[tone]
    quiet = "text-muted" if is_detail_kept else "text-muted max-sm:sr-only"
    return rx.el.div(
        icon(icon_name or default_icon, class_name="mt-1"),
        rx.el.p(
            rx.el.span(text, class_name="font-medium"),
            rx.el.span(" ", detail, class_name=quiet) if detail != "" else rx.fragment(),
            class_name="grow text-sm py-0.5" if action is None else "grow text-sm py-0.5 basis-64 min-w-0",
        ),
        rx.el.div(action, class_name="-my-2.5 max-sm:pl-7 max-sm:-mt-2")
        if action is not None
        else rx.fragment(),
        role="status",
        class_name=(
            "flex items-start gap-2.5 px-4 py-2.5 rounded-card border bg-card "
            f"{'flex-wrap sm:flex-nowrap' if action is not None else ''} {style}"
        ),
        **props,
    )

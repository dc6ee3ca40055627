"""Buttons and links that look like buttons. Their text is a verb."""

from typing import Any, Final, Literal

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from letsbe_app.ui.components.icon import icon
from letsbe_app.ui.islands import Island, island

Kind = Literal["primary", "quiet", "danger", "bare"]

_BASE: Final = (
    "inline-flex items-center justify-center gap-2 min-h-target px-4 rounded-control font-medium "
    "cursor-pointer select-none whitespace-nowrap transition-[filter,background-color,border-color] "
    "disabled:opacity-55 disabled:cursor-default aria-disabled:opacity-55 "
)
_KINDS: Final[dict[Kind, str]] = {
    "primary": "bg-accent text-on-accent hover:brightness-110 active:brightness-95",
    "quiet": "bg-card text-ink border border-line hover:bg-sunken",
    "danger": "bg-card text-red border border-red hover:bg-red/10",
    "bare": "text-ink hover:bg-sunken",
}
_LINK: Final = (
    "inline-flex items-center min-h-target text-accent underline underline-offset-2 hover:brightness-110"
)


def button_class(kind: Kind = "primary", more: str = "") -> str:
    """The look of a button, for what must be another element."""
    return f"{_BASE}{_KINDS[kind]} {more}".strip()


def button(
    text: Any, *, kind: Kind = "primary", icon_name: str = "", class_name: str = "", **props: Any
) -> rx.Component:
    """Return a button."""
    props.setdefault("type", "button")
    parts = [icon(icon_name)] if icon_name else []
    return rx.el.button(*parts, text, class_name=button_class(kind, class_name), **props)


def icon_button(name: str, label: str, *, class_name: str = "", **props: Any) -> rx.Component:
    """Return a button that shows only an icon; ``label`` is what it says to those who cannot see it."""
    return rx.el.button(
        icon(name, 20),
        type="button",
        aria_label=label,
        title=label,
        class_name=(
            "inline-flex items-center justify-center min-h-target min-w-target rounded-control text-muted "
            f"hover:text-ink hover:bg-sunken cursor-pointer {class_name}"
        ),
        **props,
    )


def link_button(
    text: Any, to: Any, *, kind: Kind = "primary", icon_name: str = "", class_name: str = "", **props: Any
) -> rx.Component:
    """Return a link within this site that looks like a button."""
    parts = [icon(icon_name)] if icon_name else []
    return ReactRouterLink.create(*parts, text, to=to, class_name=button_class(kind, class_name), **props)


class KeptNextLink(Island):
    """A link that takes along where somebody wants to go afterwards."""

    library = island("kept_next_link.jsx")
    tag = "KeptNextLink"

    to: rx.Var[str]


def link(*children: Any, to: Any, class_name: str = "", **props: Any) -> rx.Component:
    """Return a plain link within this site."""
    return ReactRouterLink.create(*children, to=to, class_name=f"{_LINK} {class_name}", **props)


def kept_next_link(text: str, to: str) -> rx.Component:
    """Return a link between signing in and signing up: both lead on to where somebody wanted to go."""
    return KeptNextLink.create(text, to=to, class_name=_LINK)


def text_button(text: Any, **props: Any) -> rx.Component:
    """Return a button that looks like a link, for what is done seldom."""
    return rx.el.button(
        text,
        type="button",
        class_name="text-accent underline underline-offset-2 hover:brightness-110 min-h-target cursor-pointer",
        **props,
    )

"""The page's ear to the hub's live stream."""

from typing import Any

import reflex as rx

from letsbe_app.ui.islands import Island, island
from letsbe_app.ui.text import texts


def _wake_args(topic: rx.Var[str], identifier: rx.Var[str]) -> list[rx.Var[str]]:
    return [topic, identifier]


class Live(Island):
    """One per page; all of them in a tab share one websocket."""

    library = island("live.jsx")
    tag = "Live"

    offline_text: rx.Var[str]
    reconnecting_text: rx.Var[str]
    # Reflex reads the arguments from the annotation, a form that type checkers do not know.
    on_wake: rx.EventHandler[_wake_args]  # type: ignore[type-arg, valid-type]


def live(on_wake: Any) -> rx.Component:
    """
    Return the page's ear.

    Args:
        on_wake: Handler of ``(topic, id)``; topics are ``approvals``, ``conversation``, ``tenant``,
            ``provisioning``, and ``resumed`` when the connection is (again) there and any may have been missed.
    """
    t = texts()
    return Live.create(
        on_wake=on_wake,
        offline_text=t.common.page_offline,
        reconnecting_text=t.chat.reconnecting,
    )

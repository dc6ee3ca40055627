"""The card that a notification leads to."""

from typing import Any

import reflex as rx

from letsbe_app.ui.islands import Island, island


def _ask_args(approval_id: rx.Var[str]) -> list[rx.Var[str]]:
    return [approval_id]


class AskedCard(Island):
    """Shows what the address names behind its ``#``; see ``asked_card.jsx``."""

    library = island("asked_card.jsx")
    tag = "AskedCard"

    on_ask: rx.EventHandler[_ask_args]  # type: ignore[type-arg, valid-type]


def asked_card(on_ask: Any) -> rx.Component:
    """Return the listener; ``on_ask`` takes the id and sees to it that its card is on the page."""
    return AskedCard.create(on_ask=on_ask)

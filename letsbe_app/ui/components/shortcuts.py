"""The portal's keys, and the list of them that ``?`` shows."""

import reflex as rx

from letsbe_app.ui.islands import Island, island
from letsbe_app.ui.text import texts


class Shortcuts(Island):
    """Listens while the page is open."""

    library = island("shortcuts.jsx")
    tag = "Shortcuts"

    title: rx.Var[str]
    close_label: rx.Var[str]
    keys: rx.Var[list[list[str]]]


def shortcuts() -> rx.Component:
    """Return the listener; once per page."""
    t = texts().common
    return Shortcuts.create(title=t.keys_title, close_label=t.close, keys=[list(pair) for pair in t.keys])

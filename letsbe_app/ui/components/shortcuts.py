"""Keys of approval cards."""

import reflex as rx

from letsbe_app.ui.islands import Island, island


class Shortcuts(Island):
    """Listens while the page is open."""

    library = island("shortcuts.jsx")
    tag = "Shortcuts"


def shortcuts() -> rx.Component:
    """Return the listener; once per page."""
    return Shortcuts.create()

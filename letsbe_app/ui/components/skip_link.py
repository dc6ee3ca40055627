"""The first stop of the keyboard on every page."""

from typing import Final

import reflex as rx

from letsbe_app.ui.islands import Island, island
from letsbe_app.ui.text import texts

CONTENT_ID: Final = "content"
"""The id of a page's main element, which must be focusable (``tab_index=-1``)."""


class SkipLink(Island):
    """Moves the focus. Reflex's own link would load the page anew, without its query."""

    library = island("skip_link.jsx")
    tag = "SkipLink"

    label: rx.Var[str]
    target: rx.Var[str]


def skip_link() -> rx.Component:
    """Return the link; the first thing in a page's header."""
    return SkipLink.create(label=texts().common.skip_to_content, target=CONTENT_ID)

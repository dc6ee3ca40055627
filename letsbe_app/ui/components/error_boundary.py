"""What stands in place of a page that broke while it was drawn."""

import reflex as rx

from letsbe_app.ui.islands import Island, island
from letsbe_app.ui.text import texts


class ErrorBoundary(Island):
    """Around every page."""

    library = island("error_boundary.jsx")
    tag = "ErrorBoundary"

    title: rx.Var[str]
    action: rx.Var[str]


def error_boundary() -> rx.Component:
    """Return the boundary; the app nests the page inside it."""
    t = texts().common
    return ErrorBoundary.create(title=t.page_broke, action=t.reload)

"""Where the links in the footer lead as long as the operator has not published a notice."""

import reflex as rx

from letsbe_app.ui.pages.site.frame import public_page
from letsbe_app.ui.text import texts


def legal_page() -> rx.Component:
    """Return the page."""
    t = texts().site
    return public_page(
        rx.el.h1(t.legal_title, class_name="text-3xl font-bold tracking-tight"),
        rx.el.p(t.legal_detail, class_name="mt-2 text-muted"),
        wide=False,
    )

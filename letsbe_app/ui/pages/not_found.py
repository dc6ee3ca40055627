"""The page for addresses that lead nowhere."""

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.components.button import link_button
from letsbe_app.ui.components.empty_state import empty_state
from letsbe_app.ui.components.logo import logo
from letsbe_app.ui.text import texts


def not_found_page() -> rx.Component:
    """Return the page."""
    t = texts().common
    return rx.el.main(
        logo(),
        empty_state(
            t.not_found_title,
            t.not_found_detail,
            icon_name="signpost",
            action=link_button(t.not_found_action, routes.LANDING),
            is_page=True,
        ),
        class_name="max-w-measure mx-auto p-6 flex flex-col items-center",
    )

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
        rx.el.h1(t.not_found_title, class_name="text-2xl font-semibold mt-10 text-center"),
        empty_state(
            "",
            t.not_found_detail,
            icon_name="signpost",
            action=link_button(t.not_found_action, routes.LANDING),
        ),
        class_name="max-w-measure mx-auto p-6 flex flex-col items-center",
    )

"""The button that ends the session."""

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.islands import Island, island
from letsbe_app.ui.text import texts


class SignOut(Island):
    """Calls the hub's REST route, which also takes the cookies away, and loads the first page."""

    library = island("sign_out.jsx")
    tag = "SignOut"

    action: rx.Var[str]
    label: rx.Var[str]
    failed: rx.Var[str]
    to: rx.Var[str]


def sign_out(action: str = "/api/v1/customer/sign-out", to: str = routes.LANDING) -> rx.Component:
    """Return the button, for the REST route that ends a session, and where one is afterwards."""
    t = texts().common
    return SignOut.create(action=action, label=t.sign_out, failed=t.something_failed, to=to)

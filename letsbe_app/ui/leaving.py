"""
Ways out of the portal.

Both load a whole new document: Reflex's socket keeps the cookies of the moment when it was opened, so a page
that goes on living after signing in or out would go on as who it was.
"""

import json

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.ui import routes


def go_to_sign_in() -> EventSpec:
    """Load the sign-in page, which returns to where the browser is now."""
    return _go_to(routes.SIGN_IN)


def go_to_second_step() -> EventSpec:
    """Load the page where somebody sets up the second factor that their business demands."""
    return rx.call_script(f"location.assign({json.dumps(routes.SECOND_STEP)})")


def go_to_staff_sign_in() -> EventSpec:
    """As ``go_to_sign_in``, for staff."""
    return _go_to(routes.ADMIN_SIGN_IN)


def _go_to(page: str) -> EventSpec:
    base = json.dumps(f"{page}?next=")
    return rx.call_script(
        f"location.assign({base} + encodeURIComponent(location.pathname + location.search + location.hash))"
    )

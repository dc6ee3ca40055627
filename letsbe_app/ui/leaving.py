"""
Ways out of the portal.

Both load a whole new document: Reflex's socket keeps the cookies of the moment when it was opened, so a page
that goes on living after signing in or out would go on as who it was.
"""

from reflex.event import EventSpec

from letsbe_app.ui import routes
from letsbe_app.ui.telling import tell


def go_to_sign_in() -> EventSpec:
    """Load the sign-in page, which returns to where the browser is now."""
    return _go_to(routes.SIGN_IN, returns=True)


def go_to_second_step() -> EventSpec:
    """Load the page where somebody sets up the second factor that their business demands."""
    return _go_to(routes.SECOND_STEP, returns=False)


def go_to_staff_sign_in() -> EventSpec:
    """As ``go_to_sign_in``, for staff."""
    return _go_to(routes.ADMIN_SIGN_IN, returns=True)


def _go_to(page: str, *, returns: bool) -> EventSpec:
    return tell("leave", {"page": page, "returns": returns})

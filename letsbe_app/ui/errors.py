"""How a page tells what went wrong: the one place where handlers' exceptions end."""

import structlog
from reflex.event import EventSpec

from letsbe_app.errors import LetsBeError, NotSignedIn
from letsbe_app.people.authz.rules import SecondFactorRequired
from letsbe_app.ui.base_state import StaffSignedOut
from letsbe_app.ui.components.toast import show_toast
from letsbe_app.ui.leaving import go_to_second_step, go_to_sign_in, go_to_staff_sign_in
from letsbe_app.ui.text import texts

log = structlog.get_logger()


def render_error(exception: Exception) -> EventSpec:
    """What the tab shows for an exception of a handler."""
    if isinstance(exception, StaffSignedOut):
        return go_to_staff_sign_in()
    if isinstance(exception, NotSignedIn):
        return go_to_sign_in()
    if isinstance(exception, SecondFactorRequired):
        return go_to_second_step()
    if isinstance(exception, LetsBeError):
        log.info("ui.refused", code=exception.code)
        return show_toast(exception.message, "danger")
    log.error("ui.failed", error_type=type(exception).__name__, exc_info=exception)
    return show_toast(texts().common.something_failed, "danger")

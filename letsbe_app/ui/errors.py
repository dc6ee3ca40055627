"""How a page tells what went wrong: the one place where handlers' exceptions end."""

import structlog
from reflex.event import EventSpec

from letsbe_app.errors import LetsBeError, NotSignedIn
from letsbe_app.ui.components.toast import show_toast
from letsbe_app.ui.leaving import go_to_sign_in
from letsbe_app.ui.text import texts

log = structlog.get_logger()


def render_error(error: Exception) -> EventSpec:
    """What the tab shows for an exception of a handler."""
    if isinstance(error, NotSignedIn):
        return go_to_sign_in()
    if isinstance(error, LetsBeError):
        log.info("ui.refused", code=error.code)
        return show_toast(error.message, "danger")
    log.error("ui.failed", error_type=type(error).__name__, exc_info=error)
    return show_toast(texts().common.something_failed, "danger")

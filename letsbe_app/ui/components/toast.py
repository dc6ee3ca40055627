"""Short messages at the edge of the page."""

from typing import Literal

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.ui.islands import Island, island
from letsbe_app.ui.telling import tell
from letsbe_app.ui.text import texts


class ToastHost(Island):
    """Where toasts appear; once per page, in the layout."""

    library = island("toast.jsx")
    tag = "ToastHost"

    close_label: rx.Var[str]


def toast_host() -> rx.Component:
    """Return the place of toasts."""
    return ToastHost.create(close_label=texts().common.close)


def show_toast(text: str, tone: Literal["info", "danger"] = "info") -> EventSpec:
    """Return the event that shows a toast in the tab that asked."""
    return tell("toast", {"text": text, "tone": tone})

"""Times: relative in words, the exact one on hover, in the reader's language and zone."""

from typing import Any

import reflex as rx

from letsbe_app.ui.islands import Island, island


class TimeAgo(Island):
    """Keeps itself right while the page is open."""

    library = island("time_ago.jsx")
    tag = "TimeAgo"

    iso: rx.Var[str]
    prefix: rx.Var[str]


def time_ago(iso: Any, *, prefix: str = "") -> rx.Component:
    """Return a time such as "3 minutes ago"; ``iso`` is an ISO 8601 time with zone, a var."""
    return TimeAgo.create(iso=iso, prefix=prefix)

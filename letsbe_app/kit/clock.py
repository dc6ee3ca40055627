"""Time as a value that tests can set."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the current time, aware, UTC."""


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)

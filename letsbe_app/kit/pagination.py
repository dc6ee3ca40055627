"""Cursor paging: every list has a page, and a cursor stays right while rows are added."""

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")

DEFAULT_LIMIT: Final = 30
MAX_LIMIT: Final = 100


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some rows and the cursor of the next page, None on the last one."""

    items: list[Item]
    next_cursor: str | None


def clamp_limit(limit: int | None) -> int:
    """The limit to use: the default when none is asked for, never above the maximum."""
    return max(1, min(limit or DEFAULT_LIMIT, MAX_LIMIT))

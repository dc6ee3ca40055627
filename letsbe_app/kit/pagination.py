"""Cursor paging: every list has a page, and a cursor stays right while rows are added."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")
Row = TypeVar("Row")

DEFAULT_LIMIT: Final = 30
MAX_LIMIT: Final = 100


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some rows and the cursor of the next page, None on the last one."""

    items: list[Item]
    next_cursor: str | None


def page_of_rows(
    rows: Sequence[Row], size: int, view: Callable[[Row], Item], cursor: Callable[[Row], str]
) -> Page[Item]:
    """
    The page of a query that asked for one row more than is shown.

    Args:
        rows: At most ``size`` + 1, in their order.
        size: How many are shown.
        view: What is shown of a row.
        cursor: Names the row behind which the next page begins.
    """
    shown = rows[:size]
    return Page([view(row) for row in shown], cursor(shown[-1]) if len(rows) > size else None)


def clamp_limit(limit: int | None) -> int:
    """The limit to use: the default when none is asked for, never above the maximum."""
    return max(1, min(limit or DEFAULT_LIMIT, MAX_LIMIT))

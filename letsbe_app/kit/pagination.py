"""Cursor paging: every list has a page, and a cursor stays right while rows are added."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from letsbe_app.errors import InvalidInput
from letsbe_app.kit.ids import is_id

Item = TypeVar("Item")
Row = TypeVar("Row")

DEFAULT_LIMIT: Final = 30
MAX_LIMIT: Final = 100
_HIGHEST: Final = 2**63 - 1
"""The greatest number that a database counts to."""


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


def id_cursor(text: str | None, prefix: str) -> str | None:
    """
    The cursor of a list that is ordered by its ids, None for the first page.

    Raises:
        InvalidInput: It is none of this list's.
    """
    if text and not is_id(text, prefix):
        raise bad_cursor()
    return text or None


def number_cursor(text: str | None, field: str = "cursor") -> int | None:
    """
    The cursor of a list that is ordered by a number, None for the first page.

    Raises:
        InvalidInput: It is none of ours.
    """
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or int(text) > _HIGHEST:
        raise bad_cursor(field)
    return int(text)


def bad_cursor(field: str = "cursor") -> InvalidInput:
    """The error for a cursor that leads nowhere."""
    return InvalidInput.of_field(field, "This page link is no longer valid. Start from the first page.")

"""How lists are asked for: ``?cursor=&limit=``, and ``meta.next_cursor`` leads on."""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from letsbe_app.kit.pagination import MAX_LIMIT, Page, bad_cursor, clamp_limit

Cursor = Annotated[
    str | None,
    Query(
        pattern="^[!-~]{1,120}$",
        description="`meta.next_cursor` of the page before; none for the first.",
    ),
]
Limit = Annotated[int | None, Query(ge=1, le=MAX_LIMIT, description="How many at most.")]

Item = TypeVar("Item")


def page_of(
    items: Sequence[Item], key: Callable[[Item], str], cursor: str | None, limit: int | None
) -> Page[Item]:
    """
    A page of a list that is short by its nature and at hand as a whole, such as a server's agents.

    Args:
        items: The whole list in its order.
        key: Names an item; the name of the last one of a page is the cursor of the next.
        cursor: Where to go on.
        limit: How many at most.

    Raises:
        InvalidInput: The cursor names nothing in the list.
    """
    start, size = 0, clamp_limit(limit)
    if cursor is not None:
        places = [place for place, item in enumerate(items) if key(item) == cursor]
        if not places:
            raise bad_cursor()
        start = places[0] + 1
    shown = list(items[start : start + size])
    has_more = start + size < len(items)
    return Page(shown, key(shown[-1]) if has_more else None)

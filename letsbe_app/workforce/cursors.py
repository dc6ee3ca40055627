"""A cursor for lists that are ordered by time, newest first, with the id deciding between equals."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

from sqlalchemy import ColumnElement
from sqlmodel import col, or_
from sqlmodel.sql.expression import SelectOfScalar

from letsbe_app.kit.pagination import bad_cursor

Row = TypeVar("Row")
_ROW_ID: Final = re.compile(r"[!-~]{1,80}")


@dataclass(frozen=True)
class TimeCursor:
    """The last row of a page."""

    time: datetime
    id: str

    def __str__(self) -> str:
        return f"{self.time.isoformat()}~{self.id}"

    @classmethod
    def parse(cls, text: str | None) -> "TimeCursor | None":
        """
        The cursor in a text that ``str`` made, None for the first page.

        Raises:
            InvalidInput: It is none of ours.
        """
        if not text:
            return None
        time, _, row_id = text.partition("~")
        try:
            moment = datetime.fromisoformat(time)
            is_ours = moment.tzinfo is not None and _ROW_ID.fullmatch(row_id) is not None
            # Near the ends of the calendar there may be no such time in UTC.
            moment = moment.astimezone(UTC)
        except (ValueError, OverflowError):
            is_ours = False
        if not is_ours:
            raise bad_cursor()
        return cls(moment, row_id)


def newest_first(
    statement: SelectOfScalar[Row],
    time: datetime | ColumnElement[datetime],
    row_id: str,
    cursor: TimeCursor | None,
) -> SelectOfScalar[Row]:
    """
    The rows in the order of such a list, from behind the cursor on.

    Args:
        statement: Which rows.
        time: The column that orders them, as the model has it, or what is made of columns.
        row_id: The column that decides between equals.
        cursor: The last row that was shown; None for the first page.
    """
    moment = time if isinstance(time, ColumnElement) else col(time)
    tie = col(row_id)
    if cursor is not None:
        statement = statement.where(or_(moment < cursor.time, (moment == cursor.time) & (tie < cursor.id)))
    return statement.order_by(moment.desc(), tie.desc())

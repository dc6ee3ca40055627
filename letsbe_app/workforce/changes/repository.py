"""Rows of changes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from letsbe_app.db.models import ChangeStatus, FileChange
from letsbe_app.people.authz.ownership import on_servers_of
from letsbe_app.workforce.cursors import TimeCursor, newest_first

Group = tuple[str, str, str, str | None, bool]
"""Server, call, agent, conversation, and whether a person did it."""


async def of_customer(
    session: AsyncSession, customer_id: str, change_id: str, *, lock: bool = False
) -> FileChange | None:
    """The change, if it was made on one of the customer's servers."""
    statement = _of_customer(customer_id).where(FileChange.id == change_id)
    if lock:
        statement = statement.with_for_update(of=FileChange)
    return (await session.exec(statement)).one_or_none()


async def newest(
    session: AsyncSession,
    customer_id: str,
    tenant_id: str | None,
    conversation_id: str | None,
    cursor: TimeCursor | None,
    limit: int,
) -> Sequence[FileChange]:
    """Changes, newest first."""
    statement = _of_customer(customer_id)
    if tenant_id is not None:
        statement = statement.where(FileChange.tenant_id == tenant_id)
    if conversation_id is not None:
        statement = statement.where(FileChange.conversation_id == conversation_id)
    statement = newest_first(statement, FileChange.created_at, FileChange.id, cursor)
    return (await session.exec(statement.limit(limit))).all()


async def several(
    session: AsyncSession, customer_id: str, change_ids: Collection[str]
) -> Sequence[FileChange]:
    """Those of these changes that were made on the customer's servers, newest first."""
    statement = _of_customer(customer_id).where(col(FileChange.id).in_(change_ids))
    statement = newest_first(statement, FileChange.created_at, FileChange.id, None)
    return (await session.exec(statement)).all()


async def beside(
    session: AsyncSession, row: FileChange, tool_call_ids: Collection[str], now: datetime, limit: int
) -> Sequence[FileChange]:
    """
    What the row's agent changed in these calls and nobody has to remember yet, newest first.

    What people put back is no work of the agent's, and is beside other such changes alone.
    """
    statement = (
        _alike(select(FileChange), row.tenant_id, tool_call_ids, now)
        .where(FileChange.agent_id == row.agent_id, FileChange.conversation_id == row.conversation_id)
        .where(FileChange.made_by != "" if row.made_by else FileChange.made_by == "")
    )
    statement = newest_first(statement, FileChange.created_at, FileChange.id, None)
    return (await session.exec(statement.limit(limit))).all()


async def count_open(session: AsyncSession, rows: Sequence[FileChange], now: datetime) -> dict[Group, int]:
    """How many changes can be undone beside each row, that one included, by ``group_of``."""
    is_by_person = FileChange.made_by != ""
    grouped: tuple[Any, ...] = (
        FileChange.tenant_id,
        FileChange.tool_call_id,
        FileChange.agent_id,
        FileChange.conversation_id,
        is_by_person,
    )
    counts: dict[Group, int] = {}
    for tenant_id in {row.tenant_id for row in rows}:
        calls = {row.tool_call_id for row in rows if row.tenant_id == tenant_id}
        counting: Any = select
        statement = _alike(counting(*grouped, func.count()), tenant_id, calls, now)
        statement = statement.where(FileChange.status == ChangeStatus.MADE, col(FileChange.can_undo))
        for tenant, call, agent, conversation, person, count in (
            await session.exec(statement.group_by(*grouped))
        ).all():
            counts[(tenant, call, agent, conversation, bool(person))] = count
    return counts


def group_of(row: FileChange) -> Group:
    """What the changes of one call have in common."""
    return row.tenant_id, row.tool_call_id, row.agent_id, row.conversation_id, bool(row.made_by)


def _alike(statement: Any, tenant_id: str, tool_call_ids: Collection[str], now: datetime) -> Any:
    return statement.where(
        FileChange.tenant_id == tenant_id,
        col(FileChange.tool_call_id).in_(tool_call_ids),
        FileChange.undo_until > now,
    )


def _of_customer(customer_id: str) -> SelectOfScalar[FileChange]:
    return on_servers_of(customer_id, FileChange, FileChange.tenant_id)

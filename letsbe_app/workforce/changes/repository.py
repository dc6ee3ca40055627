"""Rows of changes."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from letsbe_app.db.models import FileChange
from letsbe_app.people.authz.ownership import on_servers_of
from letsbe_app.workforce.cursors import TimeCursor, newest_first


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


def _of_customer(customer_id: str) -> SelectOfScalar[FileChange]:
    return on_servers_of(customer_id, FileChange, FileChange.tenant_id)

"""Rows of approvals."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from letsbe_app.db.models import Approval
from letsbe_app.people.authz.ownership import on_servers_of
from letsbe_app.workforce.cursors import TimeCursor, newest_first
from tenant_daemon.contracts.approvals import ApprovalStatus


async def of_customer(
    session: AsyncSession, customer_id: str, approval_id: str, *, lock: bool = False
) -> Approval | None:
    """The approval, if it is on one of the customer's servers."""
    statement = _of_customer(customer_id).where(Approval.id == approval_id)
    if lock:
        statement = statement.with_for_update(of=Approval)
    return (await session.exec(statement)).one_or_none()


async def open_ones(
    session: AsyncSession,
    customer_id: str,
    tenant_id: str | None,
    now: datetime,
    cursor: TimeCursor | None,
    limit: int,
    *,
    conversation_id: str | None = None,
) -> Sequence[Approval]:
    """What waits for a person or for the server's confirmation, newest first."""
    statement = _of_customer(customer_id).where(
        Approval.status == ApprovalStatus.PENDING, Approval.expires_at > now
    )
    if conversation_id is not None:
        statement = statement.where(Approval.conversation_id == conversation_id)
    return await _page(session, statement, tenant_id, cursor, limit)


async def settled_ones(
    session: AsyncSession,
    customer_id: str,
    tenant_id: str | None,
    now: datetime,
    cursor: TimeCursor | None,
    limit: int,
) -> Sequence[Approval]:
    """What is over, the newest end first; an expired one counts although the server has not said so yet."""
    statement = _of_customer(customer_id).where(
        or_(col(Approval.status) != ApprovalStatus.PENDING, col(Approval.expires_at) <= now)
    )
    ended_at = func.coalesce(col(Approval.settled_at), col(Approval.expires_at))
    return await _page(session, statement, tenant_id, cursor, limit, ended_at)


async def remembered_ones(
    session: AsyncSession,
    customer_id: str,
    tenant_id: str | None,
    now: datetime,
    cursor: TimeCursor | None,
    limit: int,
) -> Sequence[Approval]:
    """Those by which a call runs without being asked about now, newest first."""
    statement = _of_customer(customer_id).where(col(Approval.remembered_until) > now)
    return await _page(session, statement, tenant_id, cursor, limit)


async def due_for_reminder(session: AsyncSession, now: datetime, limit: int) -> Sequence[Approval]:
    """What still waits and is to be called to mind, longest overdue first. For jobs."""
    statement = (
        select(Approval)
        .where(col(Approval.next_reminder_at) <= now)
        .order_by(col(Approval.next_reminder_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.exec(statement)).all()


def _of_customer(customer_id: str) -> SelectOfScalar[Approval]:
    return on_servers_of(customer_id, Approval, Approval.tenant_id)


async def _page(
    session: AsyncSession,
    statement: SelectOfScalar[Approval],
    tenant_id: str | None,
    cursor: TimeCursor | None,
    limit: int,
    moment: ColumnElement[datetime] | None = None,
) -> Sequence[Approval]:
    if tenant_id is not None:
        statement = statement.where(Approval.tenant_id == tenant_id)
    ordered_by = Approval.created_at if moment is None else moment
    statement = newest_first(statement, ordered_by, Approval.id, cursor)
    return (await session.exec(statement.limit(limit))).all()

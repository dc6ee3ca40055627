"""Rows of approvals."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from letsbe_app.db.models import Approval, Tenant, TenantStatus
from letsbe_app.workforce.cursors import TimeCursor
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
    """What is over, newest first; an expired one counts although the server has not said so yet."""
    statement = _of_customer(customer_id).where(
        or_(col(Approval.status) != ApprovalStatus.PENDING, col(Approval.expires_at) <= now)
    )
    return await _page(session, statement, tenant_id, cursor, limit)


def _of_customer(customer_id: str) -> SelectOfScalar[Approval]:
    return (
        select(Approval)
        .join(Tenant, col(Tenant.id) == col(Approval.tenant_id))
        .where(Tenant.customer_id == customer_id, Tenant.status != TenantStatus.REMOVED)
    )


async def _page(
    session: AsyncSession,
    statement: SelectOfScalar[Approval],
    tenant_id: str | None,
    cursor: TimeCursor | None,
    limit: int,
) -> Sequence[Approval]:
    if tenant_id is not None:
        statement = statement.where(Approval.tenant_id == tenant_id)
    if cursor is not None:
        time = col(Approval.created_at)
        statement = statement.where(
            or_(time < cursor.time, (time == cursor.time) & (col(Approval.id) < cursor.id))
        )
    statement = statement.order_by(col(Approval.created_at).desc(), col(Approval.id).desc())
    return (await session.exec(statement.limit(limit))).all()

"""Rows of servers' secrets."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import CanaryAlarm, SecretRequest, SecretRequestStatus, Tenant, TenantStatus

MAX_ALARMS = 50


async def open_alarms(session: AsyncSession, tenant_id: str) -> Sequence[CanaryAlarm]:
    """Alarms that nobody has acknowledged, newest first."""
    statement = (
        select(CanaryAlarm)
        .where(CanaryAlarm.tenant_id == tenant_id, col(CanaryAlarm.acknowledged_at).is_(None))
        .order_by(col(CanaryAlarm.seen_at).desc(), col(CanaryAlarm.id))
        .limit(MAX_ALARMS)
    )
    return (await session.exec(statement)).all()


async def alarm_of_customer(session: AsyncSession, customer_id: str, alarm_id: str) -> CanaryAlarm | None:
    """The alarm, if it is of one of the customer's servers."""
    statement = (
        select(CanaryAlarm)
        .join(Tenant, col(Tenant.id) == col(CanaryAlarm.tenant_id))
        .where(
            CanaryAlarm.id == alarm_id,
            Tenant.customer_id == customer_id,
            Tenant.status != TenantStatus.REMOVED,
        )
    )
    return (await session.exec(statement)).one_or_none()


async def request_of_customer(
    session: AsyncSession, customer_id: str, request_id: str
) -> SecretRequest | None:
    """The request, if it is about one of the customer's servers."""
    statement = (
        select(SecretRequest)
        .join(Tenant, col(Tenant.id) == col(SecretRequest.tenant_id))
        .where(
            SecretRequest.id == request_id,
            Tenant.customer_id == customer_id,
            Tenant.status != TenantStatus.REMOVED,
        )
    )
    return (await session.exec(statement)).one_or_none()


async def overdue(session: AsyncSession, tenant_id: str, now: datetime) -> Sequence[SecretRequest]:
    """Requests that have waited too long."""
    statement = select(SecretRequest).where(
        SecretRequest.tenant_id == tenant_id,
        SecretRequest.status == SecretRequestStatus.WAITING,
        SecretRequest.expires_at < now,
    )
    return (await session.exec(statement)).all()

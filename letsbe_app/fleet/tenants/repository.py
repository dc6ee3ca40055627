"""Rows of servers and their enrolment tokens."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, delete, func, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import EnrolmentToken, OutboxMessage, Tenant, TenantStatus
from letsbe_app.fleet.tenants.schemas import LinkStanding


async def of_customer(session: AsyncSession, customer_id: str) -> Sequence[Tenant]:
    """The customer's servers, oldest first."""
    statement = (
        select(Tenant)
        .where(Tenant.customer_id == customer_id, Tenant.status != TenantStatus.REMOVED)
        .order_by(col(Tenant.id))
    )
    return (await session.exec(statement)).all()


async def with_status(session: AsyncSession, *statuses: TenantStatus) -> Sequence[Tenant]:
    """All servers in one of these states."""
    statement = select(Tenant).where(col(Tenant.status).in_(statuses)).order_by(col(Tenant.id))
    return (await session.exec(statement)).all()


async def left_at(session: AsyncSession, provider: str) -> Sequence[Tenant]:
    """Servers that are removed here, and that the provider still has."""
    statement = (
        select(Tenant)
        .where(Tenant.status == TenantStatus.REMOVED, Tenant.provider == provider, Tenant.provider_ref != "")
        .order_by(col(Tenant.id))
    )
    return (await session.exec(statement)).all()


async def count_living(session: AsyncSession, provider: str) -> int:
    """Servers of a provider that are not removed."""
    statement = select(func.count()).where(Tenant.provider == provider, Tenant.status != TenantStatus.REMOVED)
    return (await session.exec(statement)).one()


async def by_api_keys(session: AsyncSession, api_key_hashes: Sequence[str]) -> dict[str, Tenant]:
    """The servers with these keys, by key."""
    hashes = set(api_key_hashes)
    statement = select(Tenant).where(
        or_(col(Tenant.api_key_hash).in_(hashes), col(Tenant.next_api_key_hash).in_(hashes)),
        Tenant.status != TenantStatus.REMOVED,
    )
    return {
        key: tenant
        for tenant in (await session.exec(statement)).all()
        for key in (tenant.api_key_hash, tenant.next_api_key_hash)
        if key in hashes
    }


async def living(session: AsyncSession, tenant_ids: Sequence[str]) -> Sequence[Tenant]:
    """Those of the servers that are there."""
    statement = select(Tenant).where(col(Tenant.id).in_(tenant_ids), Tenant.status != TenantStatus.REMOVED)
    return (await session.exec(statement)).all()


async def readiness(session: AsyncSession, tenant_ids: Sequence[str]) -> dict[str, bool]:
    """What the last heartbeat of each server said, of those that are there."""
    found = await session.exec(
        select(Tenant.id, Tenant.heartbeat).where(
            col(Tenant.id).in_(tenant_ids), Tenant.status != TenantStatus.REMOVED
        )
    )
    return {tenant_id: bool(heartbeat.get("is_ready")) for tenant_id, heartbeat in found}


async def standings(session: AsyncSession, tenant_ids: Sequence[str]) -> dict[str, LinkStanding]:
    """By server, of those that are there."""
    found = await session.exec(
        select(Tenant.id, Tenant.api_key_hash, Tenant.next_api_key_hash, Tenant.config_version).where(
            col(Tenant.id).in_(tenant_ids), Tenant.status != TenantStatus.REMOVED
        )
    )
    waiting = await session.exec(
        select(OutboxMessage.tenant_id).where(col(OutboxMessage.tenant_id).in_(tenant_ids)).distinct()
    )
    have_waiting = set(waiting)
    return {
        tenant_id: LinkStanding((key, next_key), version, tenant_id in have_waiting)
        for tenant_id, key, next_key, version in found
    }


async def promote_key(session: AsyncSession, api_key_hash: str) -> None:
    """The next key was used: the one before it counts no more."""
    await session.exec(
        update(Tenant)
        .where(col(Tenant.next_api_key_hash) == api_key_hash)
        .values(api_key_hash=api_key_hash, next_api_key_hash=None)
    )


async def by_order(session: AsyncSession, order_id: str) -> Tenant | None:
    """The server of an order."""
    return (await session.exec(select(Tenant).where(Tenant.order_id == order_id))).one_or_none()


async def change(session: AsyncSession, tenant_id: str, **values: Any) -> None:
    """Set columns of one server."""
    await session.exec(update(Tenant).where(col(Tenant.id) == tenant_id).values(**values))


async def drop_unused_tokens(session: AsyncSession, tenant_id: str) -> None:
    """Only the newest token of a server may be used."""
    await session.exec(
        delete(EnrolmentToken).where(
            col(EnrolmentToken.tenant_id) == tenant_id, col(EnrolmentToken.used_at).is_(None)
        )
    )


async def claim_token(session: AsyncSession, token_hash: str, now: datetime) -> str | None:
    """Use the token up and give its server's id; None when it is unknown, used or too old."""
    result = await session.exec(
        update(EnrolmentToken)
        .where(
            col(EnrolmentToken.token_hash) == token_hash,
            col(EnrolmentToken.used_at).is_(None),
            col(EnrolmentToken.expires_at) > now,
        )
        .values(used_at=now)
        .returning(col(EnrolmentToken.tenant_id))
    )
    tenant_id: str | None = result.scalar_one_or_none()
    return tenant_id

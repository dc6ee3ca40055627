"""What the back office reads. Never a column that holds what was said, a seal, a hash or a key."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.backoffice.schemas import Alarms
from letsbe_app.db.models import (
    AuditEntry,
    AuditHead,
    CanaryAlarm,
    Customer,
    FoundingMember,
    Order,
    ProvisioningStep,
    SecondFactor,
    StaffMember,
    Tenant,
    TenantHealth,
    TenantStatus,
    User,
)

_ESCAPE = "\\"


def _like(text: str) -> str:
    escaped = text.replace(_ESCAPE, _ESCAPE * 2).replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


async def customers(
    session: AsyncSession, words: str, before: str | None, count: int
) -> Sequence[tuple[Customer, int, int, int | None]]:
    """Customers by a part of a name or an address, or by an id; with people, servers and founding place."""
    people = (
        select(func.count())
        .where(User.customer_id == Customer.id, col(User.removed_at).is_(None))
        .scalar_subquery()
    )
    servers = (
        select(func.count())
        .where(Tenant.customer_id == Customer.id, Tenant.status != TenantStatus.REMOVED)
        .scalar_subquery()
    )
    statement: Any = (
        select(Customer, people, servers, FoundingMember.number)
        .outerjoin(FoundingMember, col(FoundingMember.customer_id) == col(Customer.id))
        .order_by(col(Customer.id).desc())
        .limit(count)
    )
    if words:
        pattern = _like(words)
        by_address = select(User.customer_id).where(col(User.email).ilike(pattern, escape=_ESCAPE))
        by_server = select(Tenant.customer_id).where(or_(Tenant.id == words, Tenant.order_id == words))
        statement = statement.where(
            or_(
                col(Customer.id) == words,
                col(Customer.name).ilike(pattern, escape=_ESCAPE),
                col(Customer.id).in_(by_address),
                col(Customer.id).in_(by_server),
            )
        )
    if before:
        statement = statement.where(col(Customer.id) < before)
    return list((await session.exec(statement)).all())


async def people(session: AsyncSession, customer_id: str) -> Sequence[tuple[User, datetime | None]]:
    """A customer's people, and since when each has a second factor."""
    statement = (
        select(User, SecondFactor.confirmed_at)
        .outerjoin(SecondFactor, col(SecondFactor.user_id) == col(User.id))
        .where(User.customer_id == customer_id, col(User.removed_at).is_(None))
        .order_by(col(User.id))
    )
    return (await session.exec(statement)).all()


async def health(session: AsyncSession, tenant_ids: Sequence[str]) -> dict[str, TenantHealth]:
    """How servers are, as far as somebody has looked, by their ids."""
    statement = select(TenantHealth).where(col(TenantHealth.tenant_id).in_(tenant_ids))
    return {row.tenant_id: row for row in (await session.exec(statement)).all()}


async def alarms(session: AsyncSession, tenant_ids: Sequence[str]) -> Alarms:
    """Touched traps that nobody has looked into, and trails that broke off; without what they hold."""
    traps = (
        select(CanaryAlarm.tenant_id, func.count())
        .where(col(CanaryAlarm.tenant_id).in_(tenant_ids), col(CanaryAlarm.acknowledged_at).is_(None))
        .group_by(CanaryAlarm.tenant_id)
    )
    broken = (
        select(AuditHead.tenant_id)
        .where(col(AuditHead.tenant_id).in_(tenant_ids), AuditHead.problem != "")
        .distinct()
    )
    return Alarms(
        touched_traps=dict((await session.exec(traps)).all()),
        audit_problems=frozenset((await session.exec(broken)).all()),
    )


async def servers(
    session: AsyncSession,
    *,
    words: str = "",
    status: str = "",
    customer_id: str = "",
    tenant_id: str = "",
    order_id: str = "",
    before: str | None = None,
    count: int | None = None,
) -> Sequence[tuple[Tenant, str]]:
    """Servers with their customers' names, the newest first."""
    statement = select(Tenant, Customer.name).join(Customer, col(Customer.id) == col(Tenant.customer_id))
    for column, wanted in (
        (Tenant.status, status),
        (Tenant.customer_id, customer_id),
        (Tenant.id, tenant_id),
        (Tenant.order_id, order_id),
    ):
        if wanted:
            statement = statement.where(column == wanted)
    if words:
        pattern = _like(words)
        statement = statement.where(
            or_(
                col(Tenant.name).ilike(pattern, escape=_ESCAPE),
                col(Customer.name).ilike(pattern, escape=_ESCAPE),
                Tenant.id == words,
                Tenant.customer_id == words,
                Tenant.order_id == words,
            )
        )
    if before:
        statement = statement.where(Tenant.id < before)
    statement = statement.order_by(col(Tenant.id).desc())
    if count is not None:
        statement = statement.limit(count)
    return (await session.exec(statement)).all()


async def orders(
    session: AsyncSession, *, customer_id: str = "", status: str = "", before: str | None = None, count: int
) -> Sequence[Order]:
    """Orders, the newest first."""
    statement = select(Order).order_by(col(Order.id).desc()).limit(count)
    if customer_id:
        statement = statement.where(Order.customer_id == customer_id)
    if status:
        statement = statement.where(Order.status == status)
    if before:
        statement = statement.where(Order.id < before)
    return (await session.exec(statement)).all()


async def steps(session: AsyncSession, order_ids: Sequence[str]) -> Sequence[ProvisioningStep]:
    """The steps of these set-ups, in their order."""
    statement = (
        select(ProvisioningStep)
        .where(col(ProvisioningStep.order_id).in_(order_ids))
        .order_by(col(ProvisioningStep.order_id), col(ProvisioningStep.position))
    )
    return (await session.exec(statement)).all()


async def acts(
    session: AsyncSession,
    *,
    customer_id: str = "",
    actor: str = "",
    action: str = "",
    before: str | None = None,
    count: int,
) -> Sequence[AuditEntry]:
    """Entries of the audit, the newest first; ``action`` is the beginning of its name."""
    statement = select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(count)
    if customer_id:
        statement = statement.where(AuditEntry.customer_id == customer_id)
    if actor:
        statement = statement.where(AuditEntry.actor == actor)
    if action:
        statement = statement.where(col(AuditEntry.action).startswith(action, autoescape=True))
    if before:
        statement = statement.where(AuditEntry.id < before)
    return (await session.exec(statement)).all()


async def actor_by_email(session: AsyncSession, email: str) -> str | None:
    """The id of the user or the member of staff with this address, which must be normalised."""
    for table in (User, StaffMember):
        found = (await session.exec(select(table.id).where(col(table.email) == email))).first()
        if found is not None:
            return found
    return None


async def names_of(session: AsyncSession, actors: set[str]) -> dict[str, str]:
    """Addresses of users and staff by their ids."""
    found: dict[str, str] = {}
    for table in (User, StaffMember):
        statement = select(table.id, table.email).where(col(table.id).in_(actors))
        found |= {row[0]: row[1] for row in (await session.exec(statement)).all()}
    return found

"""Rows of addresses and deliveries."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import and_, col, delete, func, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import DeliveryStatus, WebhookDelivery, WebhookEndpoint


async def endpoints_of(session: AsyncSession, customer_ids: Collection[str]) -> Sequence[WebhookEndpoint]:
    """The customers' addresses, the oldest first."""
    statement = (
        select(WebhookEndpoint)
        .where(col(WebhookEndpoint.customer_id).in_(customer_ids))
        .order_by(col(WebhookEndpoint.id))
    )
    return (await session.exec(statement)).all()


async def endpoint(
    session: AsyncSession, customer_id: str, endpoint_id: str, *, lock: bool = False
) -> WebhookEndpoint | None:
    """The customer's address with this id."""
    statement = select(WebhookEndpoint).where(
        WebhookEndpoint.id == endpoint_id, WebhookEndpoint.customer_id == customer_id
    )
    if lock:
        statement = statement.with_for_update()
    return (await session.exec(statement)).one_or_none()


async def remove(session: AsyncSession, endpoint_id: str) -> None:
    """Delete an address and everything that was for it."""
    await session.exec(delete(WebhookDelivery).where(col(WebhookDelivery.endpoint_id) == endpoint_id))
    await session.exec(delete(WebhookEndpoint).where(col(WebhookEndpoint.id) == endpoint_id))


async def delivery(
    session: AsyncSession, customer_id: str, endpoint_id: str, delivery_id: str
) -> WebhookDelivery | None:
    """One delivery of the customer's address."""
    statement = select(WebhookDelivery).where(
        WebhookDelivery.id == delivery_id,
        WebhookDelivery.endpoint_id == endpoint_id,
        WebhookDelivery.customer_id == customer_id,
    )
    return (await session.exec(statement.with_for_update())).one_or_none()


async def deliveries(
    session: AsyncSession, endpoint_id: str, before: str | None, limit: int
) -> Sequence[WebhookDelivery]:
    """Deliveries to an address, the newest first."""
    statement = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
    if before is not None:
        statement = statement.where(col(WebhookDelivery.id) < before)
    return (await session.exec(statement.order_by(col(WebhookDelivery.id).desc()).limit(limit))).all()


async def due(
    session: AsyncSession, now: datetime, busy: Collection[str], limit: int
) -> Sequence[WebhookDelivery]:
    """
    Deliveries whose time has come, the longest waiting first, locked.

    Args:
        session: The open unit of work.
        now: The time.
        busy: Addresses that are being posted to as much as is good.
        limit: How many at most.
    """
    statement = (
        select(WebhookDelivery)
        .join(WebhookEndpoint, col(WebhookEndpoint.id) == col(WebhookDelivery.endpoint_id))
        .where(
            WebhookDelivery.status == DeliveryStatus.WAITING,
            col(WebhookDelivery.next_attempt_at) <= now,
            col(WebhookEndpoint.is_paused).is_(False),
            col(WebhookEndpoint.disabled_at).is_(None),
            col(WebhookDelivery.endpoint_id).not_in(busy),
        )
        .order_by(col(WebhookDelivery.next_attempt_at))
        .limit(limit)
        .with_for_update(skip_locked=True, of=WebhookDelivery)
    )
    return (await session.exec(statement)).all()


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next delivery is to be tried."""
    statement = (
        select(func.min(col(WebhookDelivery.next_attempt_at)))
        .join(WebhookEndpoint, col(WebhookEndpoint.id) == col(WebhookDelivery.endpoint_id))
        .where(
            WebhookDelivery.status == DeliveryStatus.WAITING,
            col(WebhookEndpoint.is_paused).is_(False),
            col(WebhookEndpoint.disabled_at).is_(None),
        )
    )
    return (await session.exec(statement)).one()


async def was_tried(session: AsyncSession, endpoint_id: str, since: datetime, except_id: str) -> bool:
    """Whether another delivery to this address has been tried since then, or is about to be tried again."""
    statement = select(WebhookDelivery.id).where(
        WebhookDelivery.endpoint_id == endpoint_id,
        WebhookDelivery.id != except_id,
        or_(
            col(WebhookDelivery.settled_at) >= since,
            and_(WebhookDelivery.status == DeliveryStatus.WAITING, col(WebhookDelivery.attempt_count) > 0),
        ),
    )
    return (await session.exec(statement.limit(1))).first() is not None


async def waiting_count(session: AsyncSession) -> int:
    """How many deliveries wait."""
    statement = select(func.count()).where(WebhookDelivery.status == DeliveryStatus.WAITING)
    return (await session.exec(statement)).one()


async def give_up_waiting(session: AsyncSession, endpoint_id: str, now: datetime) -> None:
    """What waits for an address that is switched off will not be tried by itself."""
    await session.exec(
        update(WebhookDelivery)
        .where(
            col(WebhookDelivery.endpoint_id) == endpoint_id,
            col(WebhookDelivery.status) == DeliveryStatus.WAITING,
        )
        .values(status=DeliveryStatus.FAILED, next_attempt_at=None, settled_at=now)
        .execution_options(synchronize_session=False)
    )


async def forget_settled(session: AsyncSession, before: datetime) -> int:
    """Delete the log of what was settled before then."""
    result = await session.exec(
        delete(WebhookDelivery).where(
            col(WebhookDelivery.status) != DeliveryStatus.WAITING,
            col(WebhookDelivery.created_at) < before,
        )
    )
    return int(result.rowcount)

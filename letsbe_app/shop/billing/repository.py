"""Rows of payment events."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import PaymentEvent
from letsbe_app.kit.ids import new_id
from letsbe_app.shop.billing.gateway import GatewayEvent


async def store_once(session: AsyncSession, event: GatewayEvent, now: datetime) -> bool:
    """Keep the event; False when it is there already. The unique pair of gateway and id decides."""
    row = PaymentEvent(
        id=new_id("pev"),
        gateway=event.gateway,
        event_id=event.event_id,
        kind=event.kind,
        order_id=event.order_id,
        payload=event.payload,
        received_at=now,
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True

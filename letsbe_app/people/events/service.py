"""
Events on their way out: written with the fact itself, handed on by the jobs process.

``record_event`` adds a row in the unit of work of what happened, so that there is an event exactly when the
fact was kept. ``EventOutbox.hand_on`` gives it to every sink in one transaction and deletes it there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import structlog
from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import OutgoingEvent
from letsbe_app.db.session import Database
from letsbe_app.kit.clock import utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.people.events.catalog import EventData

log = structlog.get_logger()

AT_ONCE = 200


@dataclass(frozen=True)
class Event:
    """Something that happened."""

    id: str
    customer_id: str
    tenant_id: str | None
    type: str
    data: dict[str, Any]
    created_at: datetime


class EventSink(Protocol):
    """Somebody who passes events on."""

    async def take(self, session: AsyncSession, events: Sequence[Event]) -> None:
        """Write down what is to be done about them, in this unit of work."""


def record_event(
    session: AsyncSession, customer_id: str, data: EventData, *, tenant_id: str | None = None
) -> None:
    """Keep an event with the fact; after the commit call ``Publisher.wake_jobs``."""
    session.add(
        OutgoingEvent(
            id=new_id("evt"),
            customer_id=customer_id,
            tenant_id=tenant_id,
            type=data.type,
            data=data.model_dump(mode="json"),
            created_at=utc_now(),
        )
    )


class EventOutbox:
    """For the jobs process."""

    def __init__(self, database: Database, sinks: Sequence[EventSink]) -> None:
        self._database = database
        self._sinks = sinks

    async def hand_on(self) -> int:
        """Give what waits to the sinks, the oldest first; gives how many there were."""
        total = 0
        while count := await self._hand_some_on():
            total += count
            if count < AT_ONCE:
                break
        return total

    async def depth(self) -> int:
        """How many events wait."""
        async with self._database.read() as session:
            return (await session.exec(select(func.count()).select_from(OutgoingEvent))).one()

    async def _hand_some_on(self) -> int:
        async with self._database.write() as session:
            statement = (
                select(OutgoingEvent)
                .order_by(col(OutgoingEvent.id))
                .limit(AT_ONCE)
                .with_for_update(skip_locked=True)
            )
            rows = (await session.exec(statement)).all()
            if not rows:
                return 0
            events = [
                Event(row.id, row.customer_id, row.tenant_id, row.type, row.data, row.created_at)
                for row in rows
            ]
            for sink in self._sinks:
                await sink.take(session, events)
            await session.exec(
                delete(OutgoingEvent).where(col(OutgoingEvent.id).in_([event.id for event in events]))
            )
        log.info("events.handed_on", events=len(events))
        return len(events)

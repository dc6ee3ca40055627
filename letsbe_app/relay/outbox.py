"""
Durable messages to daemons: a table, written in the unit of work of whoever has something to say.

A row goes out in order, again after every reconnect, and is deleted when the daemon has confirmed its id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import OutboxMessage
from letsbe_app.db.tenant_content import TenantContent
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from tenant_daemon.contracts.base import Message


@dataclass(frozen=True)
class Waiting:
    """A message that the daemon has not confirmed."""

    id: str
    payload: dict[str, Any]

    @property
    def kind(self) -> str:
        return str(self.payload.get("kind", ""))


class Outbox:
    """Holds no state; the session decides which unit of work it takes part in."""

    def __init__(self, content: TenantContent, clock: Clock = utc_now) -> None:
        self._content = content
        self._clock = clock

    async def put(self, session: AsyncSession, tenant_id: str, payload: Message) -> str:
        """Add a message; after the commit call ``Publisher.wake_link``. Returns its id."""
        content = await self._content.for_writing(session, tenant_id)
        message_id = new_id("out")
        row = OutboxMessage(
            id=message_id,
            tenant_id=tenant_id,
            payload=content.seal(payload.model_dump_json(), _place(message_id)),
            created_at=self._clock(),
        )
        session.add(row)
        await session.flush()
        return row.id

    async def waiting(self, session: AsyncSession, tenant_id: str, limit: int) -> list[Waiting]:
        """
        The oldest unconfirmed messages, in order.

        It always begins at the oldest one: rows of two transactions may become visible in another order than
        their numbers, and a reader that asked for "after the last one" would skip the late row.
        """
        rows = await session.exec(
            select(OutboxMessage)
            .where(OutboxMessage.tenant_id == tenant_id)
            .order_by(col(OutboxMessage.sequence))
            .limit(limit)
        )
        return await self._opened(session, tenant_id, rows.all())

    async def count(self, session: AsyncSession, tenant_id: str) -> int:
        """How many messages wait."""
        rows = await session.exec(
            select(func.count()).select_from(OutboxMessage).where(OutboxMessage.tenant_id == tenant_id)
        )
        return rows.one()

    async def confirm(self, session: AsyncSession, tenant_id: str, ids: Sequence[str]) -> list[Waiting]:
        """Delete confirmed messages of the tenant and return them; unknown ids are ignored."""
        rows = (
            await session.exec(
                select(OutboxMessage).where(
                    OutboxMessage.tenant_id == tenant_id, col(OutboxMessage.id).in_(ids)
                )
            )
        ).all()
        if rows:
            sequences = [row.sequence for row in rows]
            await session.exec(delete(OutboxMessage).where(col(OutboxMessage.sequence).in_(sequences)))
        return await self._opened(session, tenant_id, rows)

    async def _opened(
        self, session: AsyncSession, tenant_id: str, rows: Sequence[OutboxMessage]
    ) -> list[Waiting]:
        if not rows:
            return []
        content = await self._content.of(session, tenant_id)
        return [Waiting(row.id, orjson.loads(content.open(row.payload, _place(row.id)))) for row in rows]


def _place(message_id: str) -> str:
    return f"tenant_outbox.payload:{message_id}"

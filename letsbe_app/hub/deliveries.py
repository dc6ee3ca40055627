"""What waits for a daemon: out of the outbox in order, and away when the daemon has it."""

import asyncio
from collections.abc import Sequence
from typing import Final

from letsbe_app.hub.ports import LinkServices
from letsbe_app.hub.session import WINDOW, LinkSession
from letsbe_app.relay import Topic
from letsbe_app.relay.outbox import Waiting
from tenant_daemon.contracts.chat import SendMessage
from tenant_daemon.contracts.secrets import RevealAsked, SecretChangeAsked, SecretProvided

_CHAT: Final = SendMessage.model_fields["kind"].default
_SECRET_REQUESTS: Final = {
    message.model_fields["kind"].default for message in (SecretProvided, SecretChangeAsked, RevealAsked)
}


class Deliveries:
    """
    One per connection.

    Its methods exclude each other: a row read before its confirmation came must not be sent after it.
    """

    __slots__ = ("_customer_id", "_lock", "_services", "_session", "_tenant_id")

    def __init__(
        self, tenant_id: str, customer_id: str, session: LinkSession, services: LinkServices
    ) -> None:
        self._tenant_id = tenant_id
        self._customer_id = customer_id
        self._session = session
        self._services = services
        self._lock = asyncio.Lock()

    async def offer(self) -> None:
        """Send what waits, as far as there is room."""
        if self._session.room <= 0:
            return
        async with self._lock:
            async with self._services.database.read() as session:
                waiting = await self._services.relay.outbox.waiting(session, self._tenant_id, WINDOW)
            self._session.offer(waiting)

    async def resume(self, under_way: Sequence[str], sent_seq: int) -> None:
        """Go on where an earlier request of the same link stood."""
        async with self._services.database.read() as session:
            waiting = await self._services.relay.outbox.waiting(session, self._tenant_id, WINDOW)
        self._session.resume({one.id for one in waiting} & set(under_way), sent_seq)

    async def confirm(self, ids: Sequence[str]) -> None:
        """The daemon has these messages."""
        async with self._lock:
            async with self._services.database.write() as session:
                done = await self._services.relay.outbox.confirm(session, self._tenant_id, ids)
                changed = await self._services.runs.delivered(session, self._tenant_id, _message_ids(done))
            self._session.forget(ids)
        await self._announce(changed)

    async def refuse(self, message_id: str) -> bool:
        """The daemon will never take this message. Says whether there was one of this id."""
        async with self._lock:
            async with self._services.database.write() as session:
                done = await self._services.relay.outbox.confirm(session, self._tenant_id, [message_id])
                changed = await self._services.runs.refused(session, self._tenant_id, _message_ids(done))
            self._session.forget([message_id])
        await self._announce(changed)
        for message in done:
            if message.kind in _SECRET_REQUESTS:
                await self._services.secrets.undeliverable(
                    self._tenant_id, str(message.payload["request_id"])
                )
        return bool(done)

    async def _announce(self, conversation_ids: Sequence[str]) -> None:
        for conversation_id in conversation_ids:
            await self._services.relay.publisher.announce(
                self._customer_id, Topic.CONVERSATION, conversation_id
            )


def _message_ids(messages: Sequence[Waiting]) -> list[str]:
    return [str(message.payload["message_id"]) for message in messages if message.kind == _CHAT]

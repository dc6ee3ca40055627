"""What a daemon sent: applied in its order, however the frames came."""

from collections.abc import Callable, Sequence
from typing import Final

import structlog

from letsbe_app.hub.deliveries import Deliveries
from letsbe_app.hub.dispatch import LinkDispatch
from letsbe_app.hub.lanes import Lanes, Queue
from letsbe_app.hub.session import (
    Arrived,
    Confirmed,
    LinkClosed,
    LinkEvent,
    LinkSession,
    NotUnderstood,
    Refused,
)
from tenant_daemon.contracts.chat import RunEvent
from tenant_daemon.contracts.envelope import DaemonEnvelope
from tenant_daemon.contracts.health import Heartbeat

log = structlog.get_logger()

_HEARTBEATS: Final = "heartbeats"


def _nothing() -> None:
    """For whoever looks by itself."""


def _ignore(_failure: Exception) -> None:
    """It is raised by ``Arrivals.settle``."""


class Arrivals:
    """
    One per connection, or per request.

    Events of different conversations, and heartbeats, do not wait for each other; anything else waits for all
    that came before it.
    """

    __slots__ = ("_deliveries", "_dispatch", "_lanes", "_on_room", "_session", "_tenant_id")

    def __init__(
        self,
        tenant_id: str,
        session: LinkSession,
        dispatch: LinkDispatch,
        deliveries: Deliveries,
        on_room: Callable[[], None] = _nothing,
        on_progress: Callable[[], None] = _nothing,
        on_failure: Callable[[Exception], None] = _ignore,
    ) -> None:
        """
        Args:
            tenant_id: Whose connection it is.
            session: Its session, in which answers are put.
            dispatch: Applies messages.
            deliveries: Is told what the daemon has.
            on_room: Called when more may be sent to the daemon.
            on_progress: Called when ``take_all`` is over and something was applied after that.
            on_failure: Called with what failed after that.
        """
        self._tenant_id = tenant_id
        self._session = session
        self._dispatch = dispatch
        self._deliveries = deliveries
        self._on_room = on_room
        self._lanes = Lanes(self._apply_next, on_progress, on_failure)

    async def take_all(self, frames: Sequence[str | bytes | LinkClosed]) -> None:
        """
        Apply frames; what is to be answered is in the session afterwards, or when ``on_progress`` is called.

        Raises:
            LinkClosed: It was among the frames, or nothing after one of them can be trusted.
        """
        plain: list[DaemonEnvelope] = []
        for frame in frames:
            if isinstance(frame, LinkClosed):
                await self._take_plain(plain)
                await self._lanes.settle()
                raise frame
            event = self._session.receive(frame)
            if isinstance(event, Arrived) and self._is_free(event.envelope):
                plain.append(event.envelope)
                continue
            # Before anything begins that may overtake it.
            await self._take_plain(plain)
            plain = []
            await self._take(event)
        await self._take_plain(plain)

    async def settle(self) -> None:
        """Wait until everything that was taken is applied; raises what failed."""
        await self._lanes.settle()

    def _is_free(self, envelope: DaemonEnvelope) -> bool:
        """Whether nothing has to be waited for but Redis."""
        payload = envelope.payload
        if not isinstance(payload, RunEvent) or self._lanes.is_busy(payload.conversation_id):
            return False
        return self._dispatch.is_plain(payload)

    async def _take_plain(self, envelopes: list[DaemonEnvelope]) -> None:
        if envelopes:
            await self._dispatch.apply_plain(envelopes)

    async def _take(self, event: LinkEvent) -> None:
        if isinstance(event, Arrived):
            await self._arrived(event.envelope)
        elif isinstance(event, Confirmed):
            await self._deliveries.confirm(event.ids)
            self._on_room()
        elif isinstance(event, Refused):
            log.warning("link.refused_by_daemon", tenant_id=self._tenant_id, id=event.id, code=event.code)
            await self._lanes.settle()
            if not await self._deliveries.refuse(event.id):
                await self._dispatch.abandon_run(event.id)
        elif isinstance(event, NotUnderstood):
            log.warning("link.not_understood", tenant_id=self._tenant_id, code=event.code)

    async def _arrived(self, envelope: DaemonEnvelope) -> None:
        payload = envelope.payload
        if isinstance(payload, RunEvent):
            await self._lanes.put(payload.conversation_id, envelope)
        elif isinstance(payload, Heartbeat) and not envelope.id:
            await self._lanes.put_newest(_HEARTBEATS, envelope)
        else:
            await self._lanes.settle()
            await self._dispatch.apply(envelope)

    async def _apply_next(self, queue: Queue) -> None:
        plain: list[DaemonEnvelope] = []
        while queue and isinstance(queue[0].payload, RunEvent) and self._dispatch.is_plain(queue[0].payload):
            plain.append(queue.popleft())
        if plain:
            await self._dispatch.apply_plain(plain)
        else:
            await self._dispatch.apply(queue.popleft())

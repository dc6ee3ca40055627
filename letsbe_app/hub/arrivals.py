"""What a daemon sent: applied frame by frame in its order, however the frames came."""

from collections.abc import Callable, Sequence

import structlog

from letsbe_app.hub.deliveries import Deliveries
from letsbe_app.hub.dispatch import LinkDispatch
from letsbe_app.hub.session import (
    Arrived,
    Confirmed,
    LinkClosed,
    LinkEvent,
    LinkSession,
    NotUnderstood,
    Refused,
)
from tenant_daemon.contracts.envelope import DaemonEnvelope

log = structlog.get_logger()


class Arrivals:
    """One per connection, or per request; ``on_room`` is called when more may be sent to the daemon."""

    def __init__(
        self,
        tenant_id: str,
        session: LinkSession,
        dispatch: LinkDispatch,
        deliveries: Deliveries,
        on_room: Callable[[], None],
    ) -> None:
        self._tenant_id = tenant_id
        self._session = session
        self._dispatch = dispatch
        self._deliveries = deliveries
        self._on_room = on_room

    async def take_all(self, frames: Sequence[str | bytes | LinkClosed]) -> None:
        """
        Apply frames; what is to be answered is in the session afterwards.

        Raises:
            LinkClosed: It was among the frames, or nothing after one of them can be trusted.
        """
        plain: list[DaemonEnvelope] = []
        for frame in frames:
            if isinstance(frame, LinkClosed):
                await self._take_plain(plain)
                raise frame
            event = self._session.receive(frame)
            if isinstance(event, Arrived) and self._dispatch.is_plain(event.envelope):
                plain.append(event.envelope)
                continue
            await self._take_plain(plain)
            plain = []
            await self._take(event)
        await self._take_plain(plain)

    async def _take_plain(self, envelopes: list[DaemonEnvelope]) -> None:
        if envelopes:
            await self._dispatch.apply_plain(envelopes)

    async def _take(self, event: LinkEvent) -> None:
        if isinstance(event, Arrived):
            await self._dispatch.apply(event.envelope)
        elif isinstance(event, Confirmed):
            await self._deliveries.confirm(event.ids)
            self._on_room()
        elif isinstance(event, Refused):
            log.warning("link.refused_by_daemon", tenant_id=self._tenant_id, id=event.id, code=event.code)
            if not await self._deliveries.refuse(event.id):
                await self._dispatch.abandon_run(event.id)
        elif isinstance(event, NotUnderstood):
            log.warning("link.not_understood", tenant_id=self._tenant_id, code=event.code)

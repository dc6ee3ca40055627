"""A hub reduced to its link: takes daemons' websockets and keeps runs as the real stream does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.chat import RunAcknowledged, RunEvent, RunResend, StopRun
from tenant_daemon.contracts.envelope import (
    Acknowledged,
    DaemonEnvelope,
    Hello,
    HubEnvelope,
    HubPayload,
    Welcome,
    parse_daemon_frame,
)

API_KEY = "lbt_key-of-the-test-tenant"


@dataclass
class LinkHub:
    """Appends only the next event of a run, confirms what it has, asks again for what is missing."""

    url: str = ""
    received: list[DaemonEnvelope] = field(default_factory=list)
    runs: dict[str, list[RunEvent]] = field(default_factory=dict)
    doubles: int = 0
    confirmed: set[str] = field(default_factory=set)
    """Ids of our messages that the daemon has."""
    headers: list[dict[str, str]] = field(default_factory=list)
    connection_count: int = 0
    confirms: bool = True
    on_event: Callable[[RunEvent], Awaitable[None]] | None = None
    _settled: int = 0
    _socket: ServerConnection | None = None
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def until(self, is_so: Callable[["LinkHub"], bool], seconds: float = 30) -> None:
        """Wait for something that the daemon does."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: is_so(self))

    async def send(self, payload: HubPayload, message_id: str = "") -> None:
        """Send a message to the connected daemon."""
        assert self._socket is not None
        envelope = HubEnvelope(id=message_id, sent_at=utc_now(), payload=payload)
        await self._socket.send(envelope.model_dump_json())

    async def send_raw(self, frame: str) -> None:
        """Send anything."""
        assert self._socket is not None
        await self._socket.send(frame)

    async def settle(self) -> None:
        """Wait until the daemon has taken every frame that was sent to it."""
        self._settled += 1
        probe = f"settle_{self._settled}"
        await self.send(StopRun(conversation_id="nobody"), probe)
        await self.until(lambda hub: probe in hub.confirmed)

    async def drop(self, code: int = 1001) -> None:
        """End the connection."""
        assert self._socket is not None
        await self._socket.close(code)

    def cut(self) -> None:
        """End the connection as a lost network does: no goodbye."""
        assert self._socket is not None
        self._socket.transport.abort()

    def of_kind(self, kind: str) -> list[DaemonEnvelope]:
        """Received messages of one kind."""
        return [envelope for envelope in self.received if envelope.payload.kind == kind]

    async def serve_one(self, socket: ServerConnection) -> None:
        """The life of one connection."""
        assert socket.request is not None
        self.headers.append(dict(socket.request.headers.raw_items()))
        self.connection_count += 1
        self._socket = socket
        try:
            async for frame in socket:
                await self._take(parse_daemon_frame(frame))
        except ConnectionClosed:
            pass

    async def _take(self, envelope: DaemonEnvelope) -> None:
        payload = envelope.payload
        self.received.append(envelope)
        if isinstance(payload, Hello):
            await self.send(Welcome(protocol_version=1, tenant_id="ten_1", server_time=utc_now()))
        elif isinstance(payload, Acknowledged):
            self.confirmed.update(payload.ids)
        elif isinstance(payload, RunEvent):
            await self._take_run_event(payload)
        elif envelope.id and self.confirms:
            await self.send(Acknowledged(ids=[envelope.id]))
        async with self._changed:
            self._changed.notify_all()

    async def _take_run_event(self, event: RunEvent) -> None:
        kept = self.runs.setdefault(event.run_id, [])
        if event.seq <= len(kept):
            self.doubles += 1
        elif event.seq > len(kept) + 1:
            await self.send(RunResend(run_id=event.run_id, from_seq=len(kept) + 1))
            return
        else:
            kept.append(event)
        if self.on_event is not None:
            await self.on_event(event)
        if self.confirms:
            await self.send(RunAcknowledged(run_id=event.run_id, seq=len(kept)))


@asynccontextmanager
async def running_hub() -> AsyncIterator[LinkHub]:
    """A hub on a free port."""
    hub = LinkHub()
    async with serve(hub.serve_one, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        hub.url = f"ws://127.0.0.1:{port}/link"
        yield hub

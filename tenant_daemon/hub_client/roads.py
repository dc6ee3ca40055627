"""
Which road leads to the hub: the websocket, or plain HTTP where nothing lets a websocket through.

A websocket is blocked when its handshake is answered by something that is no hub, or when it opens and
nothing ever comes through, twice in a row. HTTP then carries the link for a stint; after it the websocket is
tried again, since it is the better road. A refused connection says nothing of either: the hub is away.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import structlog

from tenant_daemon.hub_client.channel import Channel, ChannelClosed, OpenChannel, WebsocketBlocked

FIRST_STINT_SECONDS: Final = 60.0
LONGEST_STINT_SECONDS: Final = 1_800.0
SILENT_TRIES: Final = 2

log = structlog.get_logger()


@dataclass
class Roads:
    """``open`` is an ``OpenChannel``. One per link."""

    websocket: OpenChannel
    http: OpenChannel
    now: Callable[[], float] = time.monotonic
    is_over_http: bool = False
    _stint_seconds: float = FIRST_STINT_SECONDS
    _http_until: float = 0.0
    _silent: int = field(default=0)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Channel]:
        """The road of the moment; raises ChannelClosed when it does not open."""
        async with AsyncExitStack() as stack:
            channel = await self._enter(stack)
            try:
                yield channel
            finally:
                if isinstance(channel, _Websocket):
                    self._judge(channel)

    async def _enter(self, stack: AsyncExitStack) -> Channel:
        if self.now() >= self._http_until:
            try:
                channel = _Websocket(await stack.enter_async_context(self.websocket()))
            except WebsocketBlocked as exc:
                self._begin_stint(str(exc))
            else:
                self.is_over_http = False
                return channel
        self.is_over_http = True
        return _Stint(await stack.enter_async_context(self.http()), self._http_until, self.now)

    def _judge(self, channel: "_Websocket") -> None:
        if channel.has_heard:
            self._silent, self._stint_seconds = 0, FIRST_STINT_SECONDS
            return
        self._silent += 1
        if self._silent >= SILENT_TRIES:
            self._begin_stint("it opens and nothing comes through")

    def _begin_stint(self, why: str) -> None:
        log.warning("link.websocket_blocked", reason=why, http_for_seconds=self._stint_seconds)
        self._http_until = self.now() + self._stint_seconds
        self._stint_seconds = min(2 * self._stint_seconds, LONGEST_STINT_SECONDS)
        self._silent = 0


class _Websocket:
    """Notes whether the hub was heard, be it by its refusal."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.has_heard = False

    async def send(self, frame: str) -> None:
        await self._channel.send(frame)

    async def receive(self) -> str | bytes:
        try:
            frame = await self._channel.receive()
        except ChannelClosed as exc:
            self.has_heard = self.has_heard or exc.code is not None
            raise
        self.has_heard = True
        return frame

    async def close(self, code: int, reason: str) -> None:
        await self._channel.close(code, reason)


class _Stint:
    """Ends by itself, so that the websocket is tried again."""

    def __init__(self, channel: Channel, until: float, now: Callable[[], float]) -> None:
        self._channel = channel
        self._until = until
        self._now = now

    async def send(self, frame: str) -> None:
        await self._channel.send(frame)

    async def receive(self) -> str | bytes:
        seconds = self._until - self._now()
        if seconds > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    return await self._channel.receive()
        raise ChannelClosed("time to try the websocket again")

    async def close(self, code: int, reason: str) -> None:
        await self._channel.close(code, reason)

"""
The road that frames travel on. The websocket is one; the hub's HTTP routes are another (``http_channel.py``).

A channel keeps the order of frames and either delivers them or ends; what was under way when it ended is
the session's business.
"""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from tenant_daemon.contracts.envelope import MAX_FRAME_BYTES

_OPEN_SECONDS: Final = 15.0
_PING_SECONDS: Final = 20.0
_CLOSE_SECONDS: Final = 5.0
_QUEUED_FRAMES: Final = 16
"""Frames read ahead; with more the hub is slowed down by TCP."""

# At debug level the library logs the handshake's headers, and with them the key.
_library_log = logging.getLogger("tenant_daemon.hub_client.websocket")
_library_log.setLevel(logging.WARNING)


class ChannelClosed(Exception):
    """The road ended or could not be opened. ``code`` is a websocket close code, None without one."""

    def __init__(self, detail: str, code: int | None = None) -> None:
        super().__init__(detail)
        self.code = code


class WebsocketBlocked(ChannelClosed):
    """Something answered, but nothing that speaks websocket: another road may lead to the hub."""


class Channel(Protocol):
    """An open road to the hub. Every call may raise ChannelClosed."""

    async def send(self, frame: str) -> None:
        """Hand over one frame."""

    async def receive(self) -> str | bytes:
        """Wait for the hub's next frame."""

    async def close(self, code: int, reason: str) -> None:
        """End it and tell the hub why."""


OpenChannel = Callable[[], AbstractAsyncContextManager[Channel]]


class _Connect(connect):
    """Stays with the address we enrolled at: a redirect would carry the key to another host."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class _WebSocketChannel:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def send(self, frame: str) -> None:
        try:
            await self._socket.send(frame)
        except ConnectionClosed as exc:
            raise _closed(exc) from exc

    async def receive(self) -> str | bytes:
        try:
            return await self._socket.recv()
        except ConnectionClosed as exc:
            raise _closed(exc) from exc

    async def close(self, code: int, reason: str) -> None:
        await self._socket.close(code, reason)


@asynccontextmanager
async def open_websocket(link_url: str, api_key: str) -> AsyncIterator[Channel]:
    """
    A websocket to the hub. The key travels in a header, never in the address.

    Raises:
        ChannelClosed: It could not be opened.
    """
    try:
        socket = await _Connect(
            link_url,
            additional_headers={"Authorization": f"Bearer {api_key}"},
            compression=None,
            max_size=MAX_FRAME_BYTES,
            max_queue=_QUEUED_FRAMES,
            open_timeout=_OPEN_SECONDS,
            ping_interval=_PING_SECONDS,
            ping_timeout=_PING_SECONDS,
            close_timeout=_CLOSE_SECONDS,
            logger=_library_log,
            proxy=None,
        )
    except InvalidStatus as exc:
        # The hub accepts every handshake and tells what is wrong by a close code, so this is not the hub, or
        # not all of it. No cause: the exception holds the response, whose text is not ours to log.
        raise WebsocketBlocked(f"the websocket was answered with {exc.response.status_code}") from None
    except (ConnectionResetError, TimeoutError, WebSocketException) as exc:
        raise WebsocketBlocked(f"the websocket does not open: {type(exc).__name__}") from exc
    except OSError as exc:
        raise ChannelClosed(f"the hub cannot be reached: {type(exc).__name__}") from exc
    try:
        yield _WebSocketChannel(socket)
    finally:
        await socket.close()


def _closed(exc: ConnectionClosed) -> ChannelClosed:
    code = exc.rcvd.code if exc.rcvd else None
    return ChannelClosed(f"the connection ended (code {code})", code)

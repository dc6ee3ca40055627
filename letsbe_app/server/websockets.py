"""
The hub's websockets: uvicorn's own, made cheaper for crowds.

Uvicorn stops reading after every message until the application took it, which is two system calls a token;
here a few may wait. And a websocket can leave ASGI, see ``frames.py``.
"""

import asyncio
from contextlib import suppress
from typing import Final

import structlog
from uvicorn._types import ASGIReceiveEvent
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import Frame
from websockets.http11 import Request

from letsbe_app.server.frames import EXTENSION, FrameListener, Wire

log = structlog.get_logger()

READ_AHEAD: Final = 32
"""Messages that may wait for a route; then the socket itself holds the peer back."""
CLOSE_INVALID_TEXT: Final = 1007


class HubWebSocket(WebSocketsSansIOProtocol):
    """One websocket of a worker; also the ``Wire`` of the listener that took it over."""

    _listener: FrameListener | None = None

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            # The task that reads the scope has not begun yet.
            self.scope["extensions"][EXTENSION] = self  # type: ignore[assignment]

    def handle_text(self, event: Frame) -> None:
        if event.fin:
            self._arrived(bytes(event.data), is_text=True)
        else:
            super().handle_text(event)

    def send_receive_event_to_app(self) -> None:
        data = b"".join(self.frames)
        self.frames = []
        self._arrived(data, is_text=self.curr_msg_data_type == "text")

    def _arrived(self, data: bytes, *, is_text: bool) -> None:
        if self.close_sent:
            return
        try:
            frame: str | bytes = data.decode() if is_text else data
        except UnicodeDecodeError:
            self.conn.send_close(CLOSE_INVALID_TEXT)
            self.handle_parser_exception()
            return
        if self._listener is not None:
            self._listener.frame_received(frame)
            return
        if isinstance(frame, str):
            self.queue.put_nowait({"type": "websocket.receive", "text": frame})
        else:
            self.queue.put_nowait({"type": "websocket.receive", "bytes": frame})
        if self.queue.qsize() >= READ_AHEAD:
            self.pause_reading()

    async def receive(self) -> ASGIReceiveEvent:
        message = await self.queue.get()
        if self.read_paused and self.queue.qsize() <= READ_AHEAD // 2:
            self.resume_reading()
        return message

    async def run_asgi(self) -> None:
        try:
            await self.app(self.scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except BaseException as exc:
            # The kind of an exception, not its text: that may quote a value.
            log.error("websocket.failed", error=type(exc).__name__)
            self.send_500_response()
            if not isinstance(exc, Exception):
                raise
        else:
            if not self.handshake_complete:
                self.send_500_response()
        if self._listener is None and self.close_timer is None:
            self.transport.close()

    # Handover

    @property
    def wire(self) -> Wire:
        return self

    def hand_over(self, listener: FrameListener) -> Wire:
        self._listener = listener
        waiting, self.queue = self.queue, _NOWHERE
        while not waiting.empty() and self._listener is not None:
            message = waiting.get_nowait()
            if message["type"] == "websocket.receive":
                text = message.get("text")
                listener.frame_received(text if text is not None else message.get("bytes") or b"")
            elif message["type"] == "websocket.disconnect":
                self._lose_listener()
        self.resume_reading()
        # What was said to open it is most of what a quiet websocket holds; the parser keeps the request.
        self.request.headers.clear()
        del self.request, self.response, self.scope
        return self

    def pass_on(self, listener: FrameListener) -> None:
        self._listener = listener
        if self.disconnected:
            self._lose_listener()

    @property
    def is_congested(self) -> bool:
        return not self.writable.is_set()

    def write(self, frame: str) -> None:
        if self.disconnected or self.close_sent:
            return
        with suppress(InvalidState):
            self.conn.send_text(frame.encode())
            self.transport.write(b"".join(self.conn.data_to_send()))

    def close(self, code: int, reason: str) -> None:
        if self.disconnected or self.close_sent or self.transport.is_closing():
            return
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.resume_reading()
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.close)

    def pause_reading(self) -> None:
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    def resume_reading(self) -> None:
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._listener is not None:
            self._listener.room_again()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._lose_listener()

    def _lose_listener(self) -> None:
        if self._listener is not None:
            self._listener.connection_lost()
            self._listener = None


class _Nowhere(asyncio.Queue[ASGIReceiveEvent]):
    """Stands for the queue of a websocket that nobody reads by ASGI any more; one for all of them."""

    def put_nowait(self, item: ASGIReceiveEvent) -> None:
        del item


_NOWHERE: Final = _Nowhere()

"""A websocket's client end in as few steps as Python needs, so that the measured side has the machine."""

import asyncio
import base64
import os
import struct
from collections.abc import Callable, Mapping
from typing import cast

OPEN_SECONDS = 30.0
_HEAD_END = b"\r\n\r\n"


class WireSocket(asyncio.Protocol):
    """Gives every frame's payload to ``on_frame``; raises nothing there."""

    def __init__(self, request: bytes, on_frame: Callable[[bytes], None]) -> None:
        self.on_frame = on_frame
        self._request = request
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._is_open = False

    @classmethod
    async def open(
        cls, port: int, path: str, headers: Mapping[str, str], on_frame: Callable[[bytes], None]
    ) -> "WireSocket":
        """Connect and upgrade; raises OSError."""
        key = base64.b64encode(os.urandom(16)).decode()
        told = {
            "Host": "hub",
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": key,
            **headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        socket = cls(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode(), on_frame)
        await asyncio.get_running_loop().create_connection(lambda: socket, "127.0.0.1", port)
        async with asyncio.timeout(OPEN_SECONDS):
            await socket._opened
        return socket

    def send(self, data: bytes) -> None:
        """Send a text frame."""
        assert self._transport is not None
        size = len(data)
        length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + struct.pack("!H", size)
        # A mask of zeros is one, and leaves the text as it is.
        self._transport.write(b"\x81" + length + b"\0\0\0\0" + data)

    def drop(self) -> None:
        """Leave without a word."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not by isinstance: the transports of uvloop are none of asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._opened.done():
            self._opened.set_exception(exc or ConnectionError("closed"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_open and not self._take_head():
            return
        buffer, at = self._buffer, 0
        while (end := _frame_end(buffer, at)) is not None:
            start, at = end
            self.on_frame(buffer[start:at])
        self._buffer = buffer[at:]

    def _take_head(self) -> bool:
        head, found, rest = self._buffer.partition(_HEAD_END)
        if not found:
            return False
        self._buffer = rest
        self._is_open = b" 101 " in head.split(b"\r\n", 1)[0]
        if self._is_open:
            self._opened.set_result(None)
        else:
            self._opened.set_exception(ConnectionError(head.split(b"\r\n", 1)[0].decode()))
        return self._is_open


def _frame_end(buffer: bytes, at: int) -> tuple[int, int] | None:
    """Where the payload of the frame at this place begins and ends, once all of it is there."""
    if len(buffer) < at + 2:
        return None
    size, start = buffer[at + 1] & 0x7F, at + 2
    if size == 126:
        if len(buffer) < at + 4:
            return None
        [size] = struct.unpack_from("!H", buffer, at + 2)
        start = at + 4
    elif size == 127:
        if len(buffer) < at + 10:
            return None
        [size] = struct.unpack_from("!Q", buffer, at + 2)
        start = at + 10
    return (start, start + size) if len(buffer) >= start + size else None

"""
A TCP relay that keeps every byte that passes it, and can cut its connections.

Put between two real parts it shows what really left one of them. Runs in a thread of its own, so that tests
of any style can use it.
"""

import asyncio
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Wiretap:
    """Listens on ``port`` and relays to ``target_port``, both on 127.0.0.1."""

    target_port: int
    port: int = 0
    _streams: list[list[bytes]] = field(default_factory=list)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def recorded(self) -> bytes:
        """
        Everything that passed so far, raw, and besides it what stood in websocket frames.

        Clients mask what they send, so that a search in the raw bytes would not see it.
        """
        raw = [b"".join(parts) for parts in self._streams]
        return b"\n".join([*raw, *(payload for stream in raw for payload in websocket_payloads(stream))])

    def cut(self) -> None:
        """Break every connection that is open now; new ones are accepted."""
        asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result(timeout=30)

    async def _cut(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        server = await asyncio.start_server(self._relay, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await stop.wait()
            await self._cut()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            onward_reader, onward_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.transport.abort()
            return
        pair = {writer, onward_writer}
        self._writers |= pair
        try:
            await asyncio.gather(self._copy(reader, onward_writer), self._copy(onward_reader, writer))
        finally:
            self._writers -= pair
            for one in pair:
                one.transport.abort()

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        stream: list[bytes] = []
        self._streams.append(stream)
        try:
            while data := await source.read(65_536):
                stream.append(data)
                target.write(data)
                await target.drain()
            target.write_eof()
        except (OSError, RuntimeError):
            target.transport.abort()


@contextmanager
def wiretap(target_port: int, *, port: int = 0) -> Iterator[Wiretap]:
    """A running wiretap; ``port`` 0 takes a free one."""
    tap = Wiretap(target_port, port)
    ready, stop = threading.Event(), asyncio.Event()
    thread = threading.Thread(
        target=lambda: tap._loop.run_until_complete(tap._serve(ready, stop)), daemon=True
    )
    thread.start()
    if not ready.wait(timeout=30):
        raise RuntimeError("the wiretap did not start")
    try:
        yield tap
    finally:
        tap._loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=30)


def websocket_payloads(stream: bytes) -> Iterator[bytes]:
    """
    The payloads of the frames that a client sent (RFC 6455 section 5.2), unmasked and inflated.

    Args:
        stream: All bytes of one connection in one direction, from the HTTP upgrade on.
    """
    head, found, frames = stream.partition(b"\r\n\r\n")
    if not found or b"upgrade: websocket" not in head.lower():
        return
    inflator = zlib.decompressobj(wbits=-15)
    while len(frames) >= 2:
        is_compressed, is_masked = bool(frames[0] & 0x40), bool(frames[1] & 0x80)
        length, at = frames[1] & 0x7F, 2
        if length >= 126:
            width = 2 if length == 126 else 8
            length, at = int.from_bytes(frames[at : at + width], "big"), at + width
        mask = frames[at : at + 4] if is_masked else b"\0\0\0\0"
        at += 4 if is_masked else 0
        body = frames[at : at + length]
        stretched = (mask * (len(body) // 4 + 1))[: len(body)]
        payload = (int.from_bytes(body, "big") ^ int.from_bytes(stretched, "big")).to_bytes(len(body), "big")
        yield inflator.decompress(payload + b"\x00\x00\xff\xff") if is_compressed else payload
        frames = frames[at + length :]

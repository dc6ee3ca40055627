"""Things on the way that let no websocket through: one that answers itself, one that strips the upgrade."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Self


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[int]:
    """A port where every request gets these bytes, and the end of the connection."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


class Middlebox:
    """Relays connections to ``target_port``; ``cut`` breaks those of the moment, as a network does."""

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.port = 0
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self) -> int:
        """Break every connection without a goodbye; gives how many."""
        writers = list(self._writers)
        for writer in writers:
            writer.transport.abort()
        return len(writers) // 2

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        async with await asyncio.start_server(self._serve, "127.0.0.1", 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            try:
                yield self
            finally:
                self.cut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await self._greeting(reader, writer)
            onward_reader, onward = await self._onward()
        except (OSError, asyncio.IncompleteReadError):
            writer.transport.abort()
            return
        pair = {writer, onward}
        self._writers |= pair
        onward.write(head)
        # The end of the block may cancel this in the middle, which is no failure.
        with suppress(asyncio.CancelledError):
            await asyncio.gather(_copy(reader, onward), _copy(onward_reader, writer))
        self._writers -= pair
        for one in pair:
            one.transport.abort()

    async def _greeting(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        """What is to be read before anything is relayed; raises OSError to refuse."""
        return b""

    async def _onward(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.target_port)


class FrontDoor(Middlebox):
    """
    Relays each HTTP connection to one of several workers, another one where that does not answer.

    While ``blocks_websockets`` is set, nothing that asks for an upgrade comes through.
    """

    def __init__(
        self, target_ports: Sequence[int], choose: random.Random, *, blocks_websockets: bool = False
    ) -> None:
        super().__init__(target_ports[0])
        self.blocks_websockets = blocks_websockets
        self.refused = 0
        self._target_ports = target_ports
        self._random = choose

    async def _greeting(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        head = await reader.readuntil(b"\r\n\r\n")
        if self.blocks_websockets and b"upgrade: websocket" in head.lower():
            self.refused += 1
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            raise PermissionError
        return head

    async def _onward(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        ports = self._random.sample(self._target_ports, len(self._target_ports))
        for port in ports[:-1]:
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", port)
        return await asyncio.open_connection("127.0.0.1", ports[-1])


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65_536):
            target.write(data)
            await target.drain()
    except (OSError, RuntimeError):
        pass
    target.transport.abort()

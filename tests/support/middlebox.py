"""Things on the way that let no websocket through: one that answers itself, one that strips the upgrade."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


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
    """
    Relays connections to ``target_port``; while ``blocks_websockets`` is set, none that asks for an upgrade.

    ``cut`` breaks what is open at that moment, as a network does.
    """

    def __init__(self, target_port: int, *, blocks_websockets: bool = True) -> None:
        self.target_port = target_port
        self.blocks_websockets = blocks_websockets
        self.port = 0
        self.refused = 0
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self) -> int:
        """Break every connection without a goodbye; gives how many."""
        writers = list(self._writers)
        for writer in writers:
            writer.transport.abort()
        return len(writers) // 2

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Middlebox"]:
        async with await asyncio.start_server(self._serve, "127.0.0.1", 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            try:
                yield self
            finally:
                self.cut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if self.blocks_websockets and b"upgrade: websocket" in head.lower():
                self.refused += 1
                writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                writer.close()
                return
            onward_reader, onward = await asyncio.open_connection("127.0.0.1", self.target_port)
        except (OSError, asyncio.IncompleteReadError):
            writer.transport.abort()
            return
        pair = {writer, onward}
        self._writers |= pair
        onward.write(head)
        try:
            await asyncio.gather(_copy(reader, onward), _copy(onward_reader, writer))
        finally:
            self._writers -= pair
            for one in pair:
                one.transport.abort()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65_536):
            target.write(data)
            await target.drain()
    except (OSError, RuntimeError):
        pass
    target.transport.abort()

"""What OpenClaw prints, in a file that cannot grow without end."""

import asyncio
from pathlib import Path
from typing import Final

from tenant_daemon.kit.bounded_file import append_bounded

_CHUNK_BYTES: Final = 65_536
_MAX_BYTES: Final = 5_000_000


class OutputLog:
    """``openclaw.log``, 0600; when it is full it becomes ``openclaw.log.1`` and a new one begins."""

    def __init__(self, path: Path, *, max_bytes: int = _MAX_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes

    async def copy(self, stream: asyncio.StreamReader) -> None:
        """Write down all of the stream until it ends."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        while chunk := await stream.read(_CHUNK_BYTES):
            await asyncio.to_thread(self.append, chunk)

    def append(self, chunk: bytes) -> None:
        """Write a piece of it."""
        append_bounded(self._path, chunk, self._max_bytes)

"""What OpenClaw prints, in a file that cannot grow without end."""

import asyncio
import os
from pathlib import Path
from typing import Final

_CHUNK_BYTES: Final = 65_536
_MAX_BYTES: Final = 5_000_000


class OutputLog:
    """``openclaw.log``, 0600; when it is full it becomes ``openclaw.log.1`` and a new one begins."""

    def __init__(self, path: Path, *, max_bytes: int = _MAX_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes

    async def copy(self, stream: asyncio.StreamReader) -> None:
        """Write down all of the stream until it ends."""
        while chunk := await stream.read(_CHUNK_BYTES):
            await asyncio.to_thread(self.append, chunk)

    def append(self, chunk: bytes) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "ab") as file:
            file.write(chunk)
            is_full = file.tell() >= self._max_bytes
        if is_full:
            self._path.replace(self._path.with_name(f"{self._path.name}.1"))

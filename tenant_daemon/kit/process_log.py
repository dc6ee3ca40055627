"""What a child process prints, cleaned line by line, in a file that cannot grow without end."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tenant_daemon.kit.bounded_file import append_bounded

_MAX_BYTES: Final = 5_000_000
_MAX_LINE_BYTES: Final = 65_536


class ProcessLog:
    """
    ``<name>.log``, 0600; when it is full it becomes ``<name>.log.1`` and a new one begins.

    ``clean`` redacts: a traceback can quote what no log call would ever write. While it fails, lines are
    withheld.
    """

    def __init__(self, path: Path, clean: Callable[[str], str], *, max_bytes: int = _MAX_BYTES) -> None:
        self._path = path
        self._clean = clean
        self._max_bytes = max_bytes

    async def copy(self, stream: asyncio.StreamReader) -> None:
        """Write down all of the stream until it ends."""
        while line := await _line(stream):
            await asyncio.to_thread(self.append, line.decode("utf-8", "replace"))

    def append(self, line: str) -> None:
        """Write one line."""
        try:
            text = self._clean(line.rstrip("\n"))
        except Exception as exc:  # noqa: BLE001
            # Whatever is wrong with the vault, the process must be able to print, and nothing unclean stays.
            text = f"[a line was withheld: {type(exc).__name__}]"
        append_bounded(self._path, f"{text}\n".encode("utf-8", "replace"), self._max_bytes)


async def _line(stream: asyncio.StreamReader) -> bytes:
    """The next line, or as much of it as fits into ``_MAX_LINE_BYTES``."""
    try:
        return await stream.readuntil()
    except asyncio.IncompleteReadError as exc:
        return exc.partial
    except asyncio.LimitOverrunError as exc:
        return await stream.readexactly(min(exc.consumed, _MAX_LINE_BYTES))

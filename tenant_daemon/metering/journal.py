"""
Requests that run and are not in the database yet.

Appended to a file before a request is sent. The kernel has the line when that returns, so it survives kill -9
as a commit without a wait for the disk does, and it takes microseconds and no other thread. Lines are
numbered; the database holds the number up to which it has them.
"""

import os
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import orjson

from tenant_daemon.metering.entries import Noted, OpenRequest


class Journal:
    """One process appends. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file = -1
        self._last = 0

    def entries(self) -> Iterator[Noted]:
        """What a process before this one left."""
        if not self._path.exists():
            return
        for line in self._path.read_bytes().split(b"\n"):
            if entry := _read(line):
                yield entry

    def restart(self, after: int) -> None:
        """Begin anew, with the number behind this one; the database has what was there."""
        self.close()
        flags = os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_TRUNC | os.O_CLOEXEC
        with self._lock:
            self._file, self._last = os.open(self._path, flags, 0o600), after

    def note(self, request: OpenRequest) -> Noted:
        """
        Append a request.

        Raises:
            OSError: It could not be written.
        """
        with self._lock:
            self._last += 1
            line = orjson.dumps(
                (
                    *(self._last, request.id, request.agent_id, request.model, request.prompt_tokens),
                    request.opened_at.isoformat(),
                )
            )
            # A line that was torn before does not spoil this one.
            line = b"\n" + line + b"\n"
            if os.write(self._file, line) != len(line):
                raise OSError("the journal of the meter is full")
            return Noted(request, self._last)

    def forget(self, number: int) -> None:
        """The database has all up to this number."""
        with self._lock:
            if number == self._last:
                os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
            self._file = -1


def _read(line: bytes) -> Noted | None:
    """None for what is no whole line."""
    try:
        number, identifier, agent_id, model, prompt_tokens, opened_at = orjson.loads(line)
        opened = datetime.fromisoformat(opened_at)
    except (ValueError, TypeError):
        return None
    return Noted(OpenRequest(identifier, agent_id, model, prompt_tokens, opened), number)

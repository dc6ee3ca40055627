"""
Whole outputs of commands, for what was too long to be shown: redacted, in the agent's workspace, for a week.

While a command runs its output is kept in a file without a name, which nobody else can open and which is gone
with the process. Only what was cut gets a name, and only after it was redacted.
"""

import codecs
import os
import stat
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import time
from typing import Final, Protocol

from tenant_daemon.execution.safe_paths import open_folder

FOLDER: Final = ".output"
MAX_BYTES: Final = 32 * 1_048_576
"""Of one output; what comes after is lost."""
MAX_FILES: Final = 50
KEPT: Final = timedelta(days=7)
_CHUNK_BYTES: Final = 65_536


class TextStream(Protocol):
    """Redacts a text that comes in pieces."""

    def feed(self, text: str) -> str: ...

    def finish(self) -> str: ...


NewStream = Callable[[], TextStream]


class Spool:
    """The output of one command while it runs; close it in any case."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - closed by `close`
        self._handle = self._file.fileno()
        self._size = 0

    def add(self, chunk: bytes) -> None:
        """The next piece. A disk that is full loses the whole output's file, not the command."""
        room = MAX_BYTES - self._size
        try:
            self._size += os.write(self._handle, chunk[:room]) if room > 0 else 0
        except OSError:
            self._size = MAX_BYTES

    def keep(self, workspace: Path, call_id: str, new_stream: NewStream) -> str:
        """
        Write it, redacted, into the workspace; gives its path there.

        Raises:
            ActionFailed: Something else lies in the way.
            OSError: It cannot be written.
        """
        name = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in call_id)[:80]
        with open_folder(workspace / FOLDER, create=True) as folder:
            _forget_old(folder)
            _remove(folder, f"{name}.txt")
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            with os.fdopen(
                os.open(f"{name}.txt", flags, 0o600, dir_fd=folder), "w", encoding="utf-8"
            ) as file:
                stream = new_stream()
                decode = codecs.getincrementaldecoder("utf-8")("replace").decode
                position = 0
                while chunk := os.pread(self._handle, _CHUNK_BYTES, position):
                    position += len(chunk)
                    file.write(stream.feed(decode(chunk)))
                file.write(stream.feed(decode(b"", final=True)) + stream.finish())
        return f"{FOLDER}/{name}.txt"

    def close(self) -> None:
        self._file.close()


def _forget_old(folder: int) -> None:
    """Remove what is too old, and the oldest where there are too many."""
    listing = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
    try:
        ages = []
        for name in os.listdir(listing):
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if stat.S_ISREG(status.st_mode) and name.endswith(".txt"):
                ages.append((status.st_mtime, name))
    finally:
        os.close(listing)
    ages.sort(reverse=True)
    for place, (written_at, name) in enumerate(ages):
        if place >= MAX_FILES - 1 or time() - written_at > KEPT.total_seconds():
            _remove(folder, name)


def _remove(folder: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return

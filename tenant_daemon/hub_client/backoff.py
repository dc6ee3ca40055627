"""How long to wait before the next attempt, so that a thousand servers do not come back at once."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from tenant_daemon.contracts.errors import (
    CLOSE_TAKEN_OVER,
    CLOSE_UNAUTHENTICATED,
    CLOSE_VERSION_UNSUPPORTED,
)

_LEAST_SECONDS = {
    # A newer connection of this tenant is alive: coming back at once would only push it out in turn.
    CLOSE_TAKEN_OVER: 30.0,
    # A person has to act first.
    CLOSE_UNAUTHENTICATED: 60.0,
    CLOSE_VERSION_UNSUPPORTED: 300.0,
}


@dataclass
class Backoff:
    """Exponential with full jitter: anything from 0 to the bound, which doubles with each failure."""

    base_seconds: float = 1.0
    cap_seconds: float = 60.0
    uniform: Callable[[float, float], float] = random.uniform
    failures: int = 0

    def after_failure(self, close_code: int | None = None) -> float:
        """Seconds to wait; counts one more failure. ``close_code`` is what the hub closed with, if it did."""
        bound = min(self.cap_seconds, self.base_seconds * 2 ** min(self.failures, 16))
        self.failures += 1
        return _LEAST_SECONDS.get(close_code or 0, 0.0) + self.uniform(0, bound)

    def succeeded(self) -> None:
        """The connection held: start over with short waits."""
        self.failures = 0

"""How long to wait before the next attempt, so that a thousand servers do not come back at once."""

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Backoff:
    """Exponential with full jitter: anything from 0 to the bound, which doubles with each failure."""

    base_seconds: float = 1.0
    cap_seconds: float = 60.0
    uniform: Callable[[float, float], float] = random.uniform
    failures: int = 0

    def after_failure(self, *, at_least: float = 0.0) -> float:
        """Seconds to wait, on top of ``at_least``; counts one more failure."""
        bound = min(self.cap_seconds, self.base_seconds * 2 ** min(self.failures, 16))
        self.failures += 1
        return at_least + self.uniform(0, bound)

    def succeeded(self) -> None:
        """It held: start over with short waits."""
        self.failures = 0

"""When a delivery is tried again, and when an address is given up. Pure."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

PAUSES_SECONDS: Final = (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200)
"""After the first try, the second ...: eleven tries over about 28 hours."""
SPREAD: Final = 0.2
"""Each pause is so much longer or shorter by chance: what failed together does not come back together."""
LONGEST_ASKED: Final = timedelta(hours=12)
LONGEST_REST: Final = timedelta(days=2)
"""Events that come further apart do not make one time of failing; longer than any pause between tries."""
GIVE_UP_AFTER: Final = timedelta(days=3)
"""An address that has not taken anything for so long is switched off."""
GONE: Final = 410

Chance = Callable[[], float]


def next_attempt(
    attempts: int, now: datetime, retry_after_seconds: int | None = None, chance: Chance = random.random
) -> datetime | None:
    """
    When to try again; None when that was the last try.

    Args:
        attempts: How often it was tried, at least 1.
        now: The time.
        retry_after_seconds: What the receiver asked for; it can only make the pause longer.
        chance: Gives a number from 0 up to 1.
    """
    if attempts > len(PAUSES_SECONDS):
        return None
    spread = 1 + SPREAD * (2 * chance() - 1)
    pause = timedelta(seconds=PAUSES_SECONDS[attempts - 1] * spread)
    asked = min(timedelta(seconds=retry_after_seconds or 0), LONGEST_ASKED)
    return now + max(pause, asked)


def is_given_up(failing_since: datetime, now: datetime) -> bool:
    """Whether an address that has failed since then is switched off now."""
    return now - failing_since >= GIVE_UP_AFTER

"""How often the pieces of many answers are looked at, so that new questions do not wait behind them."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_SHARE: Final = 0.25
"""Of the processor's time that all answers together may take before their pieces are taken less often."""
_LONGEST_REST: Final = 0.15
"""Seconds. OpenClaw shows what has come about as often."""
_NEWEST: Final = 0.1
"""How much the newest look counts in what a look costs."""


class Pace:
    """
    Lets each open answer rest between two looks, the longer the more of them are open.

    What comes in the meantime is looked at as one piece, which takes hardly longer than one word does. Few
    answers rest for less than the time between two words.
    """

    def __init__(self) -> None:
        self._open = 0
        self._cost = 0.0
        """Seconds that a look takes, on average."""

    @contextmanager
    def answer(self) -> Iterator[None]:
        """One more answer is open."""
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1

    @contextmanager
    def look(self) -> Iterator[None]:
        """A look, without waiting for anything."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self._cost += _NEWEST * (time.perf_counter() - started - self._cost)

    async def rest(self) -> None:
        """Wait until the next look."""
        await asyncio.sleep(self.seconds)

    @property
    def seconds(self) -> float:
        """What one answer rests."""
        return min(_LONGEST_REST, max(0, self._open - 1) * self._cost / _SHARE)

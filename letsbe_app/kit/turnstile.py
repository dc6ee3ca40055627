"""Only so many at once, only so many waiting: a crowd at the door costs the ones inside nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from letsbe_app.errors import RateLimited


class Crowded(RateLimited):
    """Too many wait already, or the wait was too long."""


class Turnstile:
    """First come, first served; whoever finds too long a queue is sent away at once."""

    def __init__(self, at_once: int, waiting: int, wait_seconds: float) -> None:
        """
        Args:
            at_once: How many may be inside.
            waiting: How many may stand before it.
            wait_seconds: How long one stands there at most.
        """
        self._inside = asyncio.Semaphore(at_once)
        self._max_waiting = waiting
        self._wait_seconds = wait_seconds
        self._waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """
        Be inside for the length of the block.

        Raises:
            Crowded: It is not the time to come in.
        """
        if self._waiting >= self._max_waiting:
            raise self._crowded()
        self._waiting += 1
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._inside.acquire()
        except TimeoutError:
            raise self._crowded() from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._inside.release()

    def _crowded(self) -> Crowded:
        return Crowded("Too many come at once.", retry_after_seconds=max(1, int(self._wait_seconds)))

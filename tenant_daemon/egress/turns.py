"""Who is next, when many requests come at the same moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """
    Has one request prepared per turn of the event loop.

    In between, the loop serves what has been sent already: so the first of many is answered while the last
    is not looked at yet, instead of all of them at the end.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._waiting = 0

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Wait for the turn; nothing in it may wait for anything."""
        self._waiting += 1
        try:
            await self._lock.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
            if self._waiting:
                await asyncio.sleep(0)
        finally:
            self._lock.release()

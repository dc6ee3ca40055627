"""Who is next, when many requests come at the same moment."""

import asyncio
from types import TracebackType


class Turns:
    """
    Has one request prepared per turn of the event loop.

    In between, the loop serves what has been sent already: so the first of many is answered while the last
    is not looked at yet, instead of all of them at the end. Nothing within the context may wait for anything.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> None:
        await self._lock.acquire()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The one whose turn it was goes on at once, the next one after what has come in by then.
        asyncio.get_running_loop().call_soon(self._lock.release)

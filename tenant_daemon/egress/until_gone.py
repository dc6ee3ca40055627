"""Work that ends when nobody waits for it any more."""

import asyncio
from types import TracebackType
from typing import Self

from starlette.types import Receive


class UntilGone:
    """
    Cancels what runs within at once when the client closes the connection, and takes that cancellation back.

    The body must have been read, so that the next message can only be the disconnect; and the answer must not
    be finished within, since a server tells of that in the same way.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._work: asyncio.Task[object] | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._cancelled_before = 0
        self.is_gone = False

    async def __aenter__(self) -> Self:
        work = self._work = asyncio.current_task()
        self._cancelled_before = work.cancelling() if work else 0
        self._watcher = asyncio.create_task(self._watch())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if self._watcher is not None:
            self._watcher.cancel()
        if not self.is_gone or self._work is None:
            return False
        # Somebody else may have cancelled it as well: that stands.
        return self._work.uncancel() <= self._cancelled_before and kind is asyncio.CancelledError

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.is_gone = True
        if self._work is not None:
            self._work.cancel()

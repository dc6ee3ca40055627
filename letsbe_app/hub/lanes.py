"""
What has to wait for the database waits in a lane of its own, and what comes behind it of the same kind.

A token of one conversation must not wait until another conversation's answer is committed.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from tenant_daemon.contracts.envelope import DaemonEnvelope

MAX_WAITING: Final = 256
"""Of one connection. Then no more frames are taken until a lane is through."""

Queue = deque[DaemonEnvelope]


class Lanes:
    """One per connection. Lanes run side by side, each in its order."""

    __slots__ = ("_apply", "_failure", "_on_failure", "_on_progress", "_queues", "_tasks")

    def __init__(
        self,
        apply: Callable[[Queue], Awaitable[None]],
        on_progress: Callable[[], None],
        on_failure: Callable[[Exception], None],
    ) -> None:
        """
        Args:
            apply: Applies the first of a queue, or several, and takes them out of it.
            on_progress: Called behind each time.
            on_failure: Called with what could not be applied; the rest of its lane is dropped, and not
                confirmed, so that it comes again.
        """
        self._apply = apply
        self._on_progress = on_progress
        self._on_failure = on_failure
        self._queues: dict[str, Queue] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._failure: Exception | None = None

    def is_busy(self, lane: str) -> bool:
        """Whether something is under way in it."""
        return lane in self._queues

    async def put(self, lane: str, envelope: DaemonEnvelope) -> None:
        """Add to the end of a lane; waits while too much is under way."""
        while sum(map(len, self._queues.values())) >= MAX_WAITING:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        if lane in self._queues:
            self._queues[lane].append(envelope)
            return
        self._queues[lane] = deque([envelope])
        task = asyncio.create_task(self._run(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def put_newest(self, lane: str, envelope: DaemonEnvelope) -> None:
        """As ``put``, instead of everything in the lane that has not begun."""
        if lane in self._queues:
            self._queues[lane].clear()
        await self.put(lane, envelope)

    async def settle(self) -> None:
        """Wait until all lanes are through; raises what failed in one."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        if self._failure is not None:
            raise self._failure

    async def _run(self, lane: str) -> None:
        queue = self._queues[lane]
        try:
            while queue:
                await self._apply(queue)
                self._on_progress()
        except Exception as exc:  # noqa: BLE001  # belongs to the connection
            self._failure = self._failure or exc
            self._on_failure(exc)
        finally:
            del self._queues[lane]

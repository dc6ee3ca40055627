"""
Waiting for servers: woken through Redis, sure through the database.

A wake may be lost, so every wait looks again by itself now and then; it never trusts silence.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, TypeVar

from letsbe_app.relay import Relay
from letsbe_app.relay.channels import JOBS_CHANNEL
from letsbe_app.relay.subscriber import Recheck

LOOK_AGAIN_SECONDS: Final = 10.0

Found = TypeVar("Found")


class JobWakes:
    """The jobs process's ear. ``listen`` must be running while anybody waits."""

    def __init__(self, relay: Relay, *, look_again_seconds: float = LOOK_AGAIN_SECONDS) -> None:
        self._subscriber = relay.subscriber
        self._look_again_seconds = look_again_seconds
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    async def listen(self, on_wake: Callable[[], Awaitable[None]]) -> None:
        """
        Call ``on_wake`` now, at every wake, after every reconnect and now and then, until cancelled.
        """
        async with self._subscriber.mailbox() as mailbox:
            await self._subscriber.follow(mailbox, JOBS_CHANNEL)
            while True:
                await on_wake()
                # Not ``wait_for``: in Python 3.11 it loses a cancellation that comes together with a signal.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._look_again_seconds):
                        signal = await mailbox.get()
                    self._wake(None if isinstance(signal, Recheck) else signal.data.decode())

    async def until(
        self, tenant_id: str, look: Callable[[], Awaitable[Found | None]], timeout_seconds: float
    ) -> Found | None:
        """What ``look`` finds; it is asked at every wake of this server. None when the time is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds), self._woken(tenant_id) as woken:
                while True:
                    woken.clear()
                    found = await look()
                    if found is not None:
                        return found
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(self._look_again_seconds):
                            await woken.wait()
        return None

    @contextlib.asynccontextmanager
    async def _woken(self, tenant_id: str) -> AsyncIterator[asyncio.Event]:
        event = asyncio.Event()
        self._waiting[tenant_id].add(event)
        try:
            yield event
        finally:
            self._waiting[tenant_id].discard(event)
            if not self._waiting[tenant_id]:
                del self._waiting[tenant_id]

    def _wake(self, tenant_id: str | None) -> None:
        for waited_for, events in self._waiting.items():
            if tenant_id in (None, waited_for):
                for event in events:
                    event.set()

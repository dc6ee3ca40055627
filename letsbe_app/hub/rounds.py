"""
What is due for every link of a worker now and then, for many of them at once.

Thousands of links with timers, calls of Redis and reads of the database of their own would keep a worker busy
with nothing.
"""

import asyncio
import itertools
import sys
import time
from collections.abc import Collection, Sequence
from contextvars import copy_context
from typing import Final, Protocol

import structlog

from letsbe_app.fleet.tenants.service import TenantService
from letsbe_app.kit.on_demand import OnDemand
from letsbe_app.relay import Relay, RelayAway

log = structlog.get_logger()

STEP_SECONDS: Final = 0.5
SLOTS: Final = 30
"""Links are divided among so many; each step is for one of them. Presence lasts three times all of them."""
COMPARE_EVERY: Final = 4
"""Of these rounds. While Redis is up, wakes tell of revocations and of news at once."""
MOST_AT_ONCE: Final = 250
"""Links that are compared with the database in one step."""
SLOTS_WITHOUT_REDIS: Final = 8
"""Looked at in a step while no wakes come: all links within two seconds."""


class Attended(Protocol):
    """A link, as rounds see it."""

    tenant_id: str
    link_id: str

    @property
    def api_key(self) -> str: ...
    def check_pace(self, now: float) -> None: ...
    def taken_over(self) -> None: ...
    def key_revoked(self) -> None: ...
    def compare(self, config_version: int, *, has_waiting: bool) -> None: ...
    async def leave(self) -> None: ...


class Rounds:
    """One per worker; it runs while there are links."""

    def __init__(self, tenants: TenantService, relay: Relay) -> None:
        self._tenants = tenants
        self._relay = relay
        self._slots: list[set[Attended]] = [set() for _ in range(SLOTS)]
        self._next = 0
        self._new: list[Attended] = []
        self._comparing = OnDemand(self._compare_new, self._not_compared, copy_context())
        self._task: asyncio.Task[None] | None = None
        self._leaving: set[asyncio.Task[None]] = set()

    def add(self, link: Attended) -> None:
        """See to this link from now on, and at once to what is there for its daemon."""
        self._new.append(link)
        self._comparing.call()
        self._slots[self._next % SLOTS].add(link)
        self._next += 1
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="link-rounds")

    def discard(self, link: Attended) -> None:
        """The link has ended: see to it no more, but for what is left behind it."""
        for slot in self._slots:
            slot.discard(link)
        task = asyncio.create_task(link.leave())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def close(self) -> None:
        """Wait for the links that are leaving, and stop."""
        if self._leaving:
            await asyncio.wait(self._leaving)
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        for number in itertools.count():
            await asyncio.sleep(STEP_SECONDS)
            if not any(self._slots):
                self._task = None
                return
            try:
                await self._step(number)
            except Exception:
                # The next round is another try; without this task nobody would look any more.
                log.exception("link.round_failed")

    async def _step(self, number: int) -> None:
        if self._relay.subscriber.is_connected:
            slot = number % SLOTS
            links = tuple(self._slots[slot])
            await self._keep_presence(links)
            if (number // SLOTS + slot) % COMPARE_EVERY == 0:
                await self._compare(links)
        else:
            first = number * SLOTS_WITHOUT_REDIS
            slots = {(first + at) % SLOTS for at in range(SLOTS_WITHOUT_REDIS)}
            links = tuple(link for slot in slots for link in self._slots[slot])
            await self._compare(links)
        now = time.monotonic()
        for link in links:
            link.check_pace(now)

    async def _compare_new(self) -> None:
        # All that came while the others were compared: a fleet that comes back asks few questions.
        while self._new:
            links, self._new = self._new[:MOST_AT_ONCE], self._new[MOST_AT_ONCE:]
            try:
                await self._compare(links)
            except Exception:
                log.exception("link.round_failed")
                for link in links:
                    link.compare(sys.maxsize, has_waiting=True)

    def _not_compared(self, failure: Exception) -> None:
        raise failure

    async def _keep_presence(self, links: Sequence[Attended]) -> None:
        if not links:
            return
        try:
            answers = await self._relay.presence.renew_all([(one.tenant_id, one.link_id) for one in links])
        except RelayAway:
            return
        for link, is_newest in zip(links, answers, strict=True):
            if not is_newest:
                link.taken_over()

    async def _compare(self, links: Collection[Attended]) -> None:
        """Look whether keys still count, and whether the daemons have what is there for them."""
        if not links:
            return
        standings = await self._tenants.standings([link.tenant_id for link in links])
        for link in links:
            standing = standings.get(link.tenant_id)
            if standing is None or not standing.opens_with(link.api_key):
                link.key_revoked()
            else:
                link.compare(standing.config_version, has_waiting=standing.has_waiting)

"""
What the daemon takes from the proxy: usage, notes about budgets, planted secrets that turned up.

The proxy reads what strangers send, so nothing that it says is taken on trust: only these messages, only in
their own slots of the outbox, and never so many that what others have to say finds no room.
"""

import asyncio
import sqlite3
import threading
import time
from contextlib import closing
from typing import Final

import structlog

from tenant_daemon.audit import AuditUnavailable
from tenant_daemon.contracts.secrets import CanarySeen
from tenant_daemon.feed.messages import Deliver
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.applied_config import AppliedConfig
from tenant_daemon.hub_client.canary_alarm import CanaryAlarm
from tenant_daemon.hub_client.local_door import knock
from tenant_daemon.hub_client.outbox import OUTBOX_LIMIT, OutboxFull, open_store
from tenant_daemon.kit.at_work import AtWork

PROXY_DOORS: Final = ("model request", "log")
"""Where the proxy may have seen a planted secret."""
_SLOTS: Final = {"usage.reported": "usage:", "usage.budget": "budget:"}
_MOST_WAITING: Final = OUTBOX_LIMIT // 2
_KNOCK_SECONDS: Final = 5.0

log = structlog.get_logger()


class NotTaken(Exception):
    """The message was not kept; the text says why."""


class Intake:
    """Used by the threads of the feed."""

    def __init__(self, home: TenantHome, alarm: CanaryAlarm) -> None:
        self._home = home
        self._alarm = alarm
        self._lock = threading.Lock()
        self._knocked_at = -_KNOCK_SECONDS

    def take(self, delivery: Deliver) -> None:
        """
        Keep the message; it is safe when this returns.

        Raises:
            NotTaken: It is none that the proxy may send, or it cannot be kept now.
        """
        try:
            if isinstance(delivery.message, CanarySeen):
                self._raise_alarm(delivery.message)
            else:
                self._put(delivery)
        except (OutboxFull, AuditUnavailable, OSError, sqlite3.Error) as exc:
            log.error("feed.not_kept", kind=delivery.message.kind, reason=type(exc).__name__)
            raise NotTaken("it cannot be kept now") from exc

    def tell_link(self) -> None:
        """Have the link look into its store soon. May take seconds, and be lost without harm."""
        with self._lock:
            if time.monotonic() - self._knocked_at < _KNOCK_SECONDS:
                return
            self._knocked_at = time.monotonic()
        asyncio.run(knock(self._home))

    def _put(self, delivery: Deliver) -> None:
        message, slot = delivery.message, delivery.slot or ""
        assert not isinstance(message, CanarySeen)
        if not slot.startswith(_SLOTS[message.kind]):
            raise NotTaken("it names a slot that is not its own")
        with closing(open_store(self._home.link_db)) as store:
            if store.depth() >= _MOST_WAITING:
                raise NotTaken("too much waits for the hub")
            store.put(message, slot=slot)

    def _raise_alarm(self, seen: CanarySeen) -> None:
        if seen.name not in self._alarm.names() or seen.door not in PROXY_DOORS:
            raise NotTaken("there is no such planted secret or door")
        self._alarm.raise_for(frozenset({seen.name}), seen.door, self._work(seen.agent_id))

    def _work(self, agent_id: str) -> AtWork:
        """Nobody's where there is no such agent: each one that is named gets an alarm of its own."""
        config = AppliedConfig(self._home.config_file).current
        known = {agent.agent_id for agent in config.agents} if config else set()
        return AtWork(agent_id if agent_id in known else "")

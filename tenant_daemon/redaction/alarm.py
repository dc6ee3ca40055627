"""
The alarm when a planted secret turns up at a door.

Whatever carried it was redacted already; the alarm is about whoever had it in hand.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.secrets import CanarySeen
from tenant_daemon.kit.at_work import AtWork, at_work

QUIET_SECONDS: Final = 600.0
"""One alarm per canary, door and agent in this time: a chat's history repeats what was seen in it."""

log = structlog.get_logger()


class Alarm:
    """One per process; ``at`` makes the watch of one door."""

    def __init__(
        self,
        names: Callable[[], frozenset[str]],
        keepers: Sequence[Callable[[CanarySeen], None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Args:
            names: Gives the planted secrets.
            keepers: Each is told of every alarm, whatever becomes of the others.
            clock: Seconds.
        """
        self.names = names
        self._keepers = keepers
        self._clock = clock
        self._lock = threading.Lock()
        self._raised_at: dict[tuple[str, str, str], float] = {}

    def at(self, door: str) -> "DoorWatch":
        """The watch of this door, named as the owner reads it."""
        return DoorWatch(self, door)

    def raise_for(self, names: frozenset[str], door: str, work: AtWork | None = None) -> None:
        """Tell of these, found in this work or in that of the caller, unless that was done just now."""
        work = work or at_work()
        for name in sorted(names):
            if self._is_due(name, door, work):
                # Not in the caller's thread: it may hold a lock of the log that this writes to.
                threading.Thread(target=self._raise, args=(name, door, work), name="canary-alarm").start()

    def _is_due(self, name: str, door: str, work: AtWork) -> bool:
        with self._lock:
            now = self._clock()
            raised_at = self._raised_at.get((name, door, work.agent_id))
            if raised_at is not None and now - raised_at < QUIET_SECONDS:
                return False
            self._raised_at[name, door, work.agent_id] = now
            return True

    def _raise(self, name: str, door: str, work: AtWork) -> None:
        seen = utc_now()
        alarm_id = hashlib.sha256(f"{name}\n{door}\n{seen.isoformat()}".encode()).hexdigest()[:32]
        log.error("canary.seen", secret_name=name, door=door, agent_id=work.agent_id)
        message = CanarySeen(
            alarm_id=f"cny_{alarm_id}",
            name=name,
            door=door,
            seen_at=seen,
            agent_id=work.agent_id[:40],
            conversation_id=work.conversation_id[:40],
        )
        kept = 0
        # Each for itself: an audit that cannot be written is no reason to keep quiet.
        for keep in self._keepers:
            try:
                keep(message)
                kept += 1
            except Exception as exc:  # noqa: BLE001 - the alarm goes to the others whatever became of this one
                log.error("canary.alarm_not_kept", secret_name=name, door=door, reason=type(exc).__name__)
        if not kept:
            # Nobody knows of it: it is due again when it is seen again.
            with self._lock:
                self._raised_at.pop((name, door, work.agent_id), None)


@dataclass(frozen=True)
class DoorWatch:
    """``redaction.live.CanaryWatch`` of one door."""

    alarm: Alarm
    door: str

    def names(self) -> frozenset[str]:
        return self.alarm.names()

    def seen(self, names: frozenset[str]) -> None:
        self.alarm.raise_for(names, self.door)

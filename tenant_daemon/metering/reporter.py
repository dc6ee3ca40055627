"""Hands changed buckets to the hub's outbox."""

from collections.abc import Iterable
from itertools import groupby
from typing import Protocol

from tenant_daemon.contracts.budget import BudgetReached
from tenant_daemon.contracts.usage import UsageBucket, UsageReported
from tenant_daemon.metering.meter import Meter


class Outbox(Protocol):
    """What reporting needs of ``LinkStore``."""

    def put(self, payload: UsageReported | BudgetReached, *, slot: str | None = None) -> str:
        """Store a message for the hub; it replaces the one that waits in the same slot."""
        ...


class UsageReporter:
    """Puts one report per hour into the outbox; a newer one of the same hour replaces it there."""

    def __init__(self, meter: Meter, outbox: Outbox) -> None:
        self._meter = meter
        self._outbox = outbox

    def report(self) -> int:
        """
        Put what changed; gives the number of buckets. Harmless to repeat after a crash in between.

        A report holds all buckets of its hour with their running totals, so losing an older report of that
        hour loses nothing.
        """
        changed = self._meter.unreported()
        for hour, buckets in groupby(changed, key=lambda bucket: bucket.hour):
            for index, part in enumerate(_parts(buckets)):
                self._outbox.put(UsageReported(buckets=part), slot=f"usage:{hour.isoformat()}:{index}")
                self._meter.mark_reported(part)
        return len(changed)

    def tell(self, key: str, message: BudgetReached) -> None:
        """Put a note for the owner; the same key again replaces it while it waits."""
        self._outbox.put(message, slot=f"budget:{key}")


def _parts(buckets: Iterable[UsageBucket], size: int = 500) -> Iterable[list[UsageBucket]]:
    everything = list(buckets)
    for start in range(0, len(everything), size):
        yield everything[start : start + size]

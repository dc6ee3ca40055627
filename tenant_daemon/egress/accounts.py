"""Writes down what requests use, on a thread of its own: a slow disk must not delay a stream."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Final

import structlog

from tenant_daemon.contracts.budget import BudgetReached
from tenant_daemon.metering import (
    Closed,
    Ledger,
    Meter,
    Noted,
    OpenRequest,
    Progress,
    Usage,
    UsageReporter,
)

_REPORT_SECONDS: Final = 1.0
"""Reports of busy times are put together; what could not be is reported when the daemon is there again."""

log = structlog.get_logger()

_Written = asyncio.Future[None]
_Entry = OpenRequest | Progress | Closed
_Job = tuple[_Entry, _Written | None] | Callable[[], None] | None
"""An entry for the meter and who waits for it, something else to do on the thread, or the end."""


class Accounts:
    """The proxy's side of metering. What waits is written in its order and in one go."""

    def __init__(self, meter: Meter, reporter: UsageReporter) -> None:
        self._meter = meter
        self._reporter = reporter
        # What waits is bounded by the number of connections.
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="metering", daemon=True)
        self._is_failing = False
        self._noted: deque[Noted] = deque()
        """
        Requests that stand in the journal. They go along with what comes next: a thread that woke up for each
        would take its turns from the loop just when that has a request to send.
        """
        self._untold: dict[str, BudgetReached] = {}
        self._is_report_due = True
        self._reported_at = -_REPORT_SECONDS

    def start(self) -> Ledger:
        """Count what a killed process left open, and give what was used so far. Blocks; call it first."""
        count = self._meter.recover()
        if count:
            log.info("metering.recovered", request_count=count)
        self._thread.start()
        return Ledger(self._meter.spent())

    def close(self) -> None:
        """Write down and report what waits, then close. Blocks."""
        self._jobs.put(None)
        if self._thread.is_alive():
            self._thread.join()
        self._report()
        self._meter.close()

    def used_before(self, config_version: int) -> int:
        """See ``Meter``."""
        return self._meter.used_before(config_version)

    def open(self, request: OpenRequest) -> _Written | None:
        """Note that a request runs; what to wait for, if anything, before the request is sent."""
        if not self._is_failing:
            try:
                self._noted.append(self._meter.note(request))
            except OSError as exc:
                log.error("metering.note_failed", reason=type(exc).__name__)
            else:
                return None
        return self._write(request)

    def note_progress(self, progress: Progress) -> None:
        """Note how far a request has come, in case this process is killed."""
        self._jobs.put((progress, None))

    def settle(self, request: OpenRequest, usage: Usage | None) -> _Written:
        """Count what it used; the result may be waited for, and is written even when nobody waits."""
        return self._write(Closed(request, usage))

    def tell_owner(self, key: str, message: BudgetReached) -> None:
        """Tell the hub something once; ``key`` says what it is."""
        self._jobs.put(lambda: self._tell(key, message))

    def report_again(self) -> None:
        """Whoever takes the reports is there, for the first time or again: tell what it has not heard."""
        self._jobs.put(self._catch_up)

    def _write(self, entry: _Entry) -> _Written:
        written = asyncio.get_running_loop().create_future()
        self._jobs.put((entry, written))
        return written

    def _work(self) -> None:
        """The thread's life."""
        while True:
            batch, is_over = self._next_batch()
            entries = [job for job in batch if isinstance(job, tuple)]
            if entries:
                self._write_down(entries)
            for job in batch:
                if callable(job):
                    job()
            if is_over:
                return
            if self._is_report_due and time.monotonic() - self._reported_at >= _REPORT_SECONDS:
                self._report()

    def _next_batch(self) -> tuple[list[_Job], bool]:
        """Everything that waits; waits for something first, or until a report is due."""
        wait = _REPORT_SECONDS if self._is_report_due else None
        batch: list[_Job] = []
        with suppress(Empty):
            batch.append(self._jobs.get(timeout=wait))
            while True:
                batch.append(self._jobs.get_nowait())
        return batch, None in batch

    def _write_down(self, jobs: list[tuple[_Entry, _Written | None]]) -> None:
        waiting = [written for _, written in jobs if written is not None]
        # What a job is about was noted before it came.
        noted = [self._noted.popleft() for _ in range(len(self._noted))]
        try:
            self._meter.write([*noted, *(entry for entry, _ in jobs)])
        except Exception as exc:  # noqa: BLE001 - whoever waits decides what it means
            log.error("metering.write_failed", reason=type(exc).__name__)
            self._is_failing = True
            self._noted.extendleft(reversed(noted))
            _tell_waiting(waiting, exc)
            return
        self._is_failing = False
        self._is_report_due |= any(isinstance(entry, Closed) for entry, _ in jobs)
        _tell_waiting(waiting, None)

    def _report(self) -> None:
        self._is_report_due = False
        self._reported_at = time.monotonic()
        # A full outbox must not stop the counting: the buckets stay marked and go with the next report.
        try:
            self._reporter.report()
        except Exception as exc:  # noqa: BLE001
            log.error("metering.report_failed", reason=type(exc).__name__)

    def _catch_up(self) -> None:
        self._is_report_due = True
        untold, self._untold = self._untold, {}
        for key, message in untold.items():
            self._tell(key, message)

    def _tell(self, key: str, message: BudgetReached) -> None:
        try:
            if not self._meter.has_told(key):
                self._reporter.tell(key, message)
                self._meter.mark_told(key)
        except Exception as exc:  # noqa: BLE001 - told when the daemon is there again
            log.error("metering.tell_failed", reason=type(exc).__name__)
            self._untold[key] = message


def _tell_waiting(waiting: Sequence[_Written], error: Exception | None) -> None:
    """Wake up who waits, all at once: each call into the loop's thread is a system call."""
    if not waiting:
        return

    def tell() -> None:
        for written in waiting:
            if written.done():
                continue
            if error is None:
                written.set_result(None)
            else:
                written.set_exception(error)

    # A loop that is closed has nobody who waits.
    with suppress(RuntimeError):
        waiting[0].get_loop().call_soon_threadsafe(tell)

"""Writes down what requests use, on a thread of its own: a slow disk must not delay a stream."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
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

_KNOCK_SECONDS: Final = 5.0
_REPORT_SECONDS: Final = 1.0
"""Reports of busy times are put together; what is not reported yet is so at the next start."""

log = structlog.get_logger()

_Entry = OpenRequest | Noted | Progress | Closed
_Job = tuple[_Entry, "Future[None]"] | Callable[[], None] | None
"""An entry for the meter, something else to do on the thread, or the end."""


class Accounts:
    """The proxy's side of metering. What waits is written in its order and in one go."""

    def __init__(self, meter: Meter, reporter: UsageReporter, on_reported: Callable[[], None]) -> None:
        self._meter = meter
        self._reporter = reporter
        self._on_reported = on_reported
        # What waits is bounded by the number of connections.
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="metering", daemon=True)
        self._is_failing = False
        self._left: list[tuple[_Entry, Future[None]]] = []
        """Noted requests that could not be written down yet."""
        self._is_report_due = True
        self._reported_at = self._knocked_at = -_KNOCK_SECONDS

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

    def open(self, request: OpenRequest) -> "asyncio.Future[None] | None":
        """Note that a request runs; what to wait for, if anything, before the request is sent."""
        if not self._is_failing:
            try:
                self._write(self._meter.note(request))
            except OSError as exc:
                log.error("metering.note_failed", reason=type(exc).__name__)
            else:
                return None
        return asyncio.wrap_future(self._write(request))

    def note_progress(self, progress: Progress) -> None:
        """Note how far a request has come, in case this process is killed."""
        self._write(progress)

    def settle(self, request: OpenRequest, usage: Usage | None) -> "asyncio.Future[None]":
        """Count what it used; the result may be waited for, and is written even when nobody waits."""
        return asyncio.wrap_future(self._write(Closed(request, usage)))

    def tell_owner(self, key: str, message: BudgetReached) -> None:
        """Tell the hub something once; ``key`` says what it is."""
        self._jobs.put(lambda: self._tell(key, message))

    def _write(self, entry: _Entry) -> "Future[None]":
        future: Future[None] = Future()
        self._jobs.put((entry, future))
        return future

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
        batch: list[_Job] = [*self._left]
        self._left = []
        with suppress(Empty):
            batch.append(self._jobs.get(timeout=wait))
            while True:
                batch.append(self._jobs.get_nowait())
        return batch, None in batch

    def _write_down(self, jobs: "list[tuple[_Entry, Future[None]]]") -> None:
        try:
            self._meter.write([entry for entry, _ in jobs])
        except Exception as exc:  # noqa: BLE001 - whoever waits decides what it means
            log.error("metering.write_failed", reason=type(exc).__name__)
            self._is_failing = True
            self._left = [job for job in jobs if isinstance(job[0], Noted)]
            for entry, future in jobs:
                if not isinstance(entry, Noted):
                    future.set_exception(exc)
            return
        self._is_failing = False
        self._is_report_due |= any(isinstance(entry, Closed) for entry, _ in jobs)
        for _, future in jobs:
            future.set_result(None)

    def _report(self) -> None:
        self._is_report_due = False
        self._reported_at = time.monotonic()
        # A full outbox must not stop the counting: the buckets stay marked and go with the next report.
        try:
            count = self._reporter.report()
        except Exception as exc:  # noqa: BLE001
            log.error("metering.report_failed", reason=type(exc).__name__)
            return
        if count:
            self._knock()

    def _tell(self, key: str, message: BudgetReached) -> None:
        try:
            if not self._meter.has_told(key):
                self._reporter.tell(key, message)
                self._meter.mark_told(key)
                self._knock()
        except Exception as exc:  # noqa: BLE001 - told again with the next request
            log.error("metering.tell_failed", reason=type(exc).__name__)

    def _knock(self) -> None:
        # The link looks into its store by itself as well; a knock only makes it sooner.
        if time.monotonic() - self._knocked_at >= _KNOCK_SECONDS:
            self._knocked_at = time.monotonic()
            self._on_reported()

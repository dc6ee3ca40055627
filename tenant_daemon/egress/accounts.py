"""Writes down what requests use, on a thread of its own: a slow disk must not delay a stream."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import structlog

from tenant_daemon.metering import Meter, Usage, UsageReporter
from tenant_daemon.metering.meter import OpenRequest

_KNOCK_SECONDS = 5.0

log = structlog.get_logger()


class Accounts:
    """The proxy's side of metering. Everything is written in the order in which it was asked for."""

    def __init__(self, meter: Meter, reporter: UsageReporter, on_reported: Callable[[], None]) -> None:
        self._meter = meter
        self._reporter = reporter
        self._on_reported = on_reported
        # One thread keeps the order; what waits is bounded by the number of connections.
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="metering")
        self._is_report_due = threading.Event()
        self._knocked_at = -_KNOCK_SECONDS

    def start(self) -> None:
        """Count what a killed process left open, and report what it did not."""
        self._writer.submit(self._recover)

    def close(self) -> None:
        """Write down and report what waits, then close."""
        self._writer.shutdown(wait=True)
        self._report()
        self._meter.close()

    def open(self, request: OpenRequest) -> "Future[None]":
        """Note that a request runs."""
        return self._writer.submit(self._meter.open, request)

    def settle(self, request: OpenRequest, usage: Usage | None) -> "asyncio.Future[None]":
        """Count what it used; the result may be waited for, and is written even when nobody waits."""
        return asyncio.wrap_future(self._writer.submit(self._settle, request, usage))

    def _recover(self) -> None:
        count = self._meter.recover()
        if count:
            log.info("metering.recovered", request_count=count)
        self._report()

    def _settle(self, request: OpenRequest, usage: Usage | None) -> None:
        self._meter.close_request(request, usage)
        if usage and not self._is_report_due.is_set():
            # Queued behind what waits already: one report for all requests that end together.
            self._is_report_due.set()
            with suppress(RuntimeError):  # Closing: `close` reports itself.
                self._writer.submit(self._report)

    def _report(self) -> None:
        self._is_report_due.clear()
        # A full outbox must not stop the counting: the buckets stay marked and go with the next report.
        try:
            count = self._reporter.report()
        except Exception as exc:  # noqa: BLE001
            log.error("metering.report_failed", reason=type(exc).__name__)
            return
        # The link looks into its store by itself as well; a knock only makes it sooner.
        if count and time.monotonic() - self._knocked_at >= _KNOCK_SECONDS:
            self._knocked_at = time.monotonic()
            self._on_reported()

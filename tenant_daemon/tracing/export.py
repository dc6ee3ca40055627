"""
Hands spans to the exporter in a thread of its own.

The SDK's batch processor starts its thread anew in every forked child, also between fork and exec, where
processes of ours give up rights that only a process with one thread can give up.
"""

import queue
import threading
from typing import Final

import structlog
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter

QUEUE_LIMIT: Final = 2_048
_BATCH: Final = 256
_PAUSE_SECONDS: Final = 1.0
"""Spans that end within this time travel together."""
_CLOSE_SECONDS: Final = 1.0

log = structlog.get_logger()


class BackgroundExport(SpanProcessor):
    """A full queue drops what comes: the collector is away, and work goes on without it."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._ended: queue.Queue[ReadableSpan] = queue.Queue(QUEUE_LIMIT)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="traces", daemon=True)
        self._thread.start()

    def on_end(self, span: ReadableSpan) -> None:
        try:
            self._ended.put_nowait(span)
        except queue.Full:
            log.warning("trace.dropped")

    def shutdown(self) -> None:
        self._closing.set()
        self._thread.join(_CLOSE_SECONDS)
        self._exporter.shutdown()

    def _work(self) -> None:
        while not self._closing.wait(_PAUSE_SECONDS):
            self._export_all()
        self._export_all()

    def _export_all(self) -> None:
        while batch := self._next_batch():
            try:
                self._exporter.export(batch)
            except Exception as exc:  # noqa: BLE001 - the thread must live on
                log.warning("trace.not_exported", reason=type(exc).__name__)

    def _next_batch(self) -> list[ReadableSpan]:
        batch: list[ReadableSpan] = []
        while len(batch) < _BATCH and not self._ended.empty():
            batch.append(self._ended.get_nowait())
        return batch

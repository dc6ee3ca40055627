"""Spans on their way out, and a collector that is away."""

import threading
from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from tenant_daemon.tracing.export import QUEUE_LIMIT, BackgroundExport
from tenant_daemon.tracing.otlp import OtlpTraces


class Exporter(SpanExporter):
    """Counts, and fails or hangs as told."""

    def __init__(self) -> None:
        self.count = 0
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.fails = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.goes_on.wait()
        if self.fails:
            self.fails = False
            raise OSError("away")
        self.count += len(spans)
        return SpanExportResult.SUCCESS


def end_some(traces: OtlpTraces, count: int) -> None:
    for _ in range(count):
        traces.begin("run", list).end()


def test_closing_hands_over_what_waits() -> None:
    exporter = Exporter()
    traces = OtlpTraces(BackgroundExport(exporter), "test")
    end_some(traces, 700)
    traces.close()
    assert exporter.count == 700


def test_a_failure_costs_its_batch_and_no_more() -> None:
    exporter = Exporter()
    exporter.fails = True
    traces = OtlpTraces(BackgroundExport(exporter), "test")
    end_some(traces, 300)
    traces.close()
    assert exporter.count == 300 - 256


def test_nobody_waits_for_a_collector_that_hangs() -> None:
    exporter = Exporter()
    exporter.goes_on.clear()
    traces = OtlpTraces(BackgroundExport(exporter), "test")
    end_some(traces, QUEUE_LIMIT + 500)
    traces.close()
    assert exporter.count == 0
    exporter.goes_on.set()

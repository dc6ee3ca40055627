"""Traces by OpenTelemetry's SDK. Nothing in here may make the work fail that it tells of."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.trace import Link, SpanContext, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from tenant_daemon.tracing.export import BackgroundExport
from tenant_daemon.tracing.spans import Attribute, Parents, Span, SpanName, Traces, Value

_HEADER: Final = "traceparent"
_EXPORT_SECONDS: Final = 2.0
_MAX_LINKS: Final = 8
_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,119}")
_propagator: Final = TraceContextTextMapPropagator()

log = structlog.get_logger()


def to_collector(url: str, process: str) -> "OtlpTraces":
    """Traces that go to a collector by OTLP over HTTP."""
    exporter = OTLPSpanExporter(f"{url.rstrip('/')}/v1/traces", timeout=_EXPORT_SECONDS)
    return OtlpTraces(BackgroundExport(exporter), process)


class OtlpTraces(Traces):
    """Spans of one process, named ``letsbe-tenant-<process>``."""

    def __init__(self, processor: SpanProcessor, process: str) -> None:
        resource = Resource.create({"service.name": f"letsbe-tenant-{process}"})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("letsbe")

    def begin(self, name: SpanName, parents: Parents) -> Span:
        contexts = list(_contexts(parents))
        if len(contexts) == 1:
            parent = trace.set_span_in_context(trace.NonRecordingSpan(contexts[0]), Context())
            return _OtlpSpan(self._tracer.start_span(name, parent))
        links = [Link(context) for context in contexts[:_MAX_LINKS]]
        return _OtlpSpan(self._tracer.start_span(name, Context(), links=links))

    def close(self) -> None:
        self._provider.shutdown()


class _OtlpSpan(Span):
    def __init__(self, span: trace.Span) -> None:
        self._span = span
        carrier: dict[str, str] = {}
        _propagator.inject(carrier, trace.set_span_in_context(span, Context()))
        self.traceparent = carrier.get(_HEADER, "")

    def note(self, attributes: Mapping[Attribute, Value]) -> None:
        if self._span.is_recording():
            self._span.set_attributes({key.value: _plain(value) for key, value in attributes.items()})

    def end(self, error: str = "") -> None:
        if not self._span.is_recording():
            return
        if error:
            self.note({Attribute.ERROR: error})
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()


def _contexts(parents: Parents) -> Iterator[SpanContext]:
    try:
        found = parents()
    except Exception as exc:  # noqa: BLE001 - a trace is never worth a failed call
        log.warning("trace.parent_unknown", reason=type(exc).__name__)
        return
    for traceparent in found:
        context = trace.get_current_span(_propagator.extract({_HEADER: traceparent}, Context()))
        if context.get_span_context().is_valid:
            yield context.get_span_context()


def _plain(value: Value) -> Value:
    """Words as they stand in settings and enumerations; anything with blanks in it is none."""
    return value if not isinstance(value, str) or _WORD.fullmatch(value) else "other"

"""
Traces by OpenTelemetry: from the request of a browser to the tool call on a server.

Off unless ``LETSBE_OTLP_URL`` is set; then spans go there by OTLP over HTTP. Attributes are ids, names of
routes and tools, counts and states; what people or agents say is never one.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from letsbe_app.settings import Settings

HEADER: Final = "traceparent"
_EXPORT_SECONDS: Final = 5
_propagator: Final = TraceContextTextMapPropagator()
Attributes = Mapping[str, str | int | bool]


def configure_tracing(settings: Settings, process: str) -> None:
    """Call once, at the start of a process; does nothing where no address is set."""
    if not settings.otlp_url:
        return
    # Imported here: a hub without traces does not pay for the exporter.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"letsbe-{process}"}))
    exporter = OTLPSpanExporter(f"{settings.otlp_url}/v1/traces", timeout=_EXPORT_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=2_048))
    trace.set_tracer_provider(provider)


@contextmanager
def span(
    name: str, *, parent: str = "", kind: SpanKind = SpanKind.INTERNAL, attributes: Attributes | None = None
) -> Iterator[Span]:
    """
    A span around the block, which becomes the current one.

    Args:
        name: Of few values: a route's pattern, never a path.
        parent: A ``traceparent`` from elsewhere; without one the current span is the parent.
        kind: Its role.
        attributes: Ids, names, counts.
    """
    context = _propagator.extract({HEADER: parent}) if parent else None
    with trace.get_tracer("letsbe").start_as_current_span(
        name, context, kind, attributes, record_exception=False, set_status_on_exception=False
    ) as one:
        try:
            yield one
        except Exception as exc:
            # The kind of an exception, not its text: that may quote a value.
            one.set_status(Status(StatusCode.ERROR, type(exc).__name__))
            raise


def current_traceparent() -> str:
    """The ``traceparent`` of the current span, for whoever goes on with it; empty without one."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get(HEADER, "")

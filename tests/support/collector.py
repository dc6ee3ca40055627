"""A collector of traces on this machine: OTLP over HTTP, as the real ones speak it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.receiver import Receiver, receiver


@dataclass(frozen=True)
class CollectedSpan:
    """A span as it came over the wire."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, object]
    links: tuple[str, ...]
    """Traces that it names."""
    is_error: bool


class Collector:
    """What came."""

    def __init__(self, at: Receiver) -> None:
        self._at = at
        self.url = at.url

    @property
    def bodies(self) -> list[bytes]:
        return [one.body for one in self._at.received]

    async def spans(self, count: int) -> list[CollectedSpan]:
        """Wait until so many are there."""
        async with asyncio.timeout(30):
            while len(found := self._read()) < count:
                self._at.came.clear()
                await self._at.came.wait()
        return found

    def _read(self) -> list[CollectedSpan]:
        found: list[CollectedSpan] = []
        for one in self._at.received:
            assert one.path == "/v1/traces"
            for resource in ExportTraceServiceRequest.FromString(one.body).resource_spans:
                about = {entry.key: entry.value.string_value for entry in resource.resource.attributes}
                found += [
                    CollectedSpan(
                        about["service.name"],
                        span.name,
                        span.trace_id.hex(),
                        span.span_id.hex(),
                        span.parent_span_id.hex(),
                        {entry.key: _value(entry.value) for entry in span.attributes},
                        tuple(link.trace_id.hex() for link in span.links),
                        span.status.code == 2,
                    )
                    for scope in resource.scope_spans
                    for span in scope.spans
                ]
        return found


def _value(value: object) -> object:
    return getattr(value, str(value.WhichOneof("value")))  # type: ignore[attr-defined]


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """A collector that listens until the end of the block."""
    async with receiver() as at:
        yield Collector(at)

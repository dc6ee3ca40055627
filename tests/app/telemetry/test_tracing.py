"""Spans: their parents, their attributes, and what is never in them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import letsbe_app
from letsbe_app.telemetry.tracing import current_traceparent, span
from tests.support.browser_client import BrowserClient

CODE = Path(letsbe_app.__file__).parent
ATTRIBUTES = {"http.request.method", "http.route", "http.response.status_code", "letsbe.request_id"}
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    yield exporter
    provider.shutdown()


def test_a_span_goes_on_with_what_came_from_elsewhere(spans: InMemorySpanExporter) -> None:
    with span("outer", parent=PARENT), span("inner"):
        told = current_traceparent()

    inner, outer = spans.get_finished_spans()
    assert f"{outer.context.trace_id:032x}" == PARENT.split("-")[1]
    assert outer.parent is not None
    assert f"{outer.parent.span_id:016x}" == PARENT.split("-")[2]
    assert told == f"00-{inner.context.trace_id:032x}-{inner.context.span_id:016x}-01"


@pytest.mark.parametrize(
    "parent", ["", "nonsense", "00-0-0-00", PARENT.replace("00-0af", "ff-0af"), "é" * 55]
)
def test_nonsense_from_elsewhere_begins_a_new_trace(spans: InMemorySpanExporter, parent: str) -> None:
    with span("outer", parent=parent):
        pass

    (one,) = spans.get_finished_spans()
    assert one.parent is None


def test_what_an_exception_says_is_not_told(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="hush"), span("outer"):
        raise ValueError("hush-hush")

    (one,) = spans.get_finished_spans()
    assert "hush" not in one.to_json()
    assert one.status.description == "ValueError"


async def test_a_request_is_a_span_of_its_route(spans: InMemorySpanExporter, browser: BrowserClient) -> None:
    await browser.sign_up("hush@bakery.example")
    spans.clear()
    answer = await browser.get(
        "/api/v1/customer/orders/ord_hush?cursor=hush", headers={"traceparent": PARENT}
    )

    (one,) = spans.get_finished_spans()
    text = json.dumps(json.loads(one.to_json()))
    assert one.name == "GET /customer/orders/{order_id}"
    assert f"{one.context.trace_id:032x}" == PARENT.split("-")[1]
    attributes = dict(one.attributes or {})
    assert attributes["letsbe.request_id"] == answer.headers["X-Request-Id"]
    assert attributes["http.response.status_code"] == answer.status_code
    assert attributes.keys() == ATTRIBUTES
    assert "hush" not in text


def test_only_two_modules_can_add_to_a_span() -> None:
    """So that what the hub's spans tell is the closed list of ``ATTRIBUTES``."""
    adding = re.compile(r"\b(opentelemetry|set_attributes?|add_event|record_exception|tracing\.span)\b")
    found = {
        path.relative_to(CODE).as_posix()
        for path in CODE.rglob("*.py")
        if adding.search(path.read_text("utf-8"))
    }
    assert found == {"api/request_ids.py", "telemetry/tracing.py"}


def test_without_a_provider_nothing_happens() -> None:
    with span("outer", parent=PARENT):
        assert current_traceparent() in {"", PARENT}

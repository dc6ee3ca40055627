"""Spans of the daemon: their parents, and what they can and cannot tell."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import tenant_daemon
from tenant_daemon.settings import TenantSettings, TracesTo
from tenant_daemon.tracing import NO_SPAN, Attribute, open_traces
from tenant_daemon.tracing.otlp import OtlpTraces

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
OTHER = "00-11111111111111111111111111111111-2222222222222222-01"
CODE = Path(tenant_daemon.__file__).parent


class Bench:
    """Traces into memory."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.traces = OtlpTraces(SimpleSpanProcessor(self._exporter), "test")

    def ended(self) -> ReadableSpan:
        (one,) = self._exporter.get_finished_spans()
        return one


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_span_goes_on_with_its_one_parent(bench: Bench) -> None:
    span = bench.traces.begin("run", lambda: [PARENT])
    span.end()
    one = bench.ended()
    assert one.parent is not None
    assert f"{one.context.trace_id:032x}-{one.parent.span_id:016x}" == PARENT[3:52]
    assert span.traceparent == f"00-{PARENT[3:35]}-{one.context.span_id:016x}-01"


@pytest.mark.parametrize(
    "parents", [[], [""], ["nonsense"], [PARENT.replace("00-0af", "ff-0af")], ["é" * 55]]
)
def test_nonsense_begins_a_trace(bench: Bench, parents: Sequence[str]) -> None:
    bench.traces.begin("run", lambda: parents).end()
    assert bench.ended().parent is None
    assert list(bench.ended().links) == []


def test_a_span_of_several_that_may_have_led_to_it_names_them(bench: Bench) -> None:
    bench.traces.begin("model request", lambda: [PARENT, OTHER]).end()
    assert bench.ended().parent is None
    assert [f"{link.context.trace_id:032x}" for link in bench.ended().links] == [PARENT[3:35], OTHER[3:35]]


def test_a_parent_that_cannot_be_looked_up_stops_nothing(bench: Bench) -> None:
    def broken() -> list[str]:
        raise OSError("hush-hush")

    bench.traces.begin("tool call", broken).end()
    assert bench.ended().parent is None


def test_an_error_is_told_by_its_code_and_the_first_end_counts(bench: Bench) -> None:
    span = bench.traces.begin("model request", list)
    span.end("upstream_timeout")
    span.note({Attribute.MODEL: "late"})
    span.end()
    assert dict(bench.ended().attributes or {}) == {"error.type": "upstream_timeout"}
    assert (bench.ended().status.is_ok, bench.ended().status.description) == (False, None)


@pytest.mark.slow
@given(st.text())
def test_a_text_is_no_attribute(text: str) -> None:
    bench = Bench()
    span = bench.traces.begin("tool call", list)
    span.note({Attribute.TOOL: f"{text} {text}", Attribute.EXIT_CODE: 1})
    span.end()
    assert dict(bench.ended().attributes or {}) == {"gen_ai.tool.name": "other", "process.exit.code": 1}


def test_only_one_module_can_add_to_a_span() -> None:
    """So that what a span tells is of the closed list, which mypy holds the callers of ``note`` to."""
    found = {
        path.relative_to(CODE).as_posix()
        for path in CODE.rglob("*.py")
        if re.search(
            r"\b(opentelemetry|set_attributes?|add_event|record_exception|update_name)\b", path.read_text()
        )
    }
    assert found == {"tracing/export.py", "tracing/otlp.py"}


@pytest.mark.slow
def test_without_an_address_nothing_is_loaded_or_looked_up() -> None:
    def never() -> list[str]:
        raise AssertionError

    off = open_traces(TenantSettings(tenant_name="t", hub_url="http://hub.test"), "wrapper")
    span = off.begin("run", never)
    assert (span, span.traceparent) == (NO_SPAN, "")
    program = (
        "import sys, tenant_daemon.hub_client.command, tenant_daemon.safety.command, "
        "tenant_daemon.egress.command; "
        "sys.exit(any(name.split('.')[0] == 'opentelemetry' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=180).returncode == 0


@pytest.mark.parametrize(
    "url", ["localhost:4318", "ftp://127.0.0.1", "http://user:pass@127.0.0.1:4318", "http://127.0.0.1/?a=b"]
)
def test_an_address_that_is_none_stops_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="otlp_url"):
        TracesTo(otlp_url=url)

"""What a tool call's span tells."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tenant_daemon.contracts.approvals import Verdict
from tenant_daemon.safety.call_traces import CallTraces
from tenant_daemon.tracing.otlp import OtlpTraces
from tests.support.wrapper import AGENT, WrapperBench

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
async def bench(tmp_path: Path, spans: InMemorySpanExporter) -> AsyncIterator[WrapperBench]:
    bench = WrapperBench(tmp_path)
    bench.configure()
    traces = OtlpTraces(SimpleSpanProcessor(spans), "wrapper")
    bench.traces = CallTraces(traces, {"conv1": [PARENT]}.__getitem__)
    async with bench.started():
        yield bench


def attributes(spans: InMemorySpanExporter) -> dict[str, object]:
    (one,) = spans.get_finished_spans()
    assert f"{one.context.trace_id:032x}" == PARENT[3:35]
    assert "hush" not in one.to_json()
    return dict(one.attributes or {})


async def test_a_command_is_told_by_how_it_ended(bench: WrapperBench, spans: InMemorySpanExporter) -> None:
    await bench.execute("shell", command="ls /hush-hush")
    assert attributes(spans) == {
        "gen_ai.tool.name": "shell",
        "letsbe.agent_id": AGENT,
        "letsbe.tier": "GREEN",
        "letsbe.decision": "run",
        "letsbe.status": "failed",
        "process.exit.code": 2,
    }


async def test_a_refusal_of_a_person_ends_it(bench: WrapperBench, spans: InMemorySpanExporter) -> None:
    call = bench.begin("shell", command="rm hush-hush")
    await bench.decide((await bench.asked()).approval_id, Verdict.DENY, deny_reason="hush")
    await call
    told = attributes(spans)
    assert (told["letsbe.tier"], told["letsbe.decision"], told["letsbe.status"]) == ("RED", "ask", "denied")


async def test_a_stop_ends_it(bench: WrapperBench, spans: InMemorySpanExporter) -> None:
    call = bench.begin("shell", command="rm hush-hush")
    await bench.asked()
    await bench.parts.live.stop(lambda _call: "stopped")
    await call
    assert attributes(spans)["error.type"] == "CancelledError"


async def test_an_invented_tool_has_no_name(bench: WrapperBench, spans: InMemorySpanExporter) -> None:
    await bench.execute("hush-hush-4711", command="ls")
    assert attributes(spans)["gen_ai.tool.name"] == "other"

"""One trace from a browser's request to the tool call on the server, through every part that is ours."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider

from letsbe_app.composition import Services
from tenant_daemon.contracts.chat import SendMessage
from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.hub_client.sessions import ChatSession
from tenant_daemon.redaction import LiveRedactor
from tenant_daemon.safety.command import collaborators_of
from tenant_daemon.safety.parts import open_parts
from tenant_daemon.safety.schemas import ExecuteRequest
from tenant_daemon.settings import TenantSettings, TracesTo
from tenant_daemon.tracing import Attribute, open_traces
from tenant_daemon.tracing.export import BackgroundExport
from tests.support.browser_client import BrowserClient
from tests.support.chat_stage import Stage
from tests.support.collector import Collector, collecting
from tests.support.hub import paid_order
from tests.support.proxy import Proxy, running

AGENT = "sales"
CONFIG = TenantConfig(version=1, agents=[AgentConfig(agent_id=AGENT, name="Sales", tools=["file_read"])])
CUSTOMER = "/api/v1/customer"
HUSH = "hush-hush-4711"
"""Said, asked, read and answered; in no span."""
HUB_ATTRIBUTES = {"http.request.method", "letsbe.request_id", "http.route", "http.response.status_code"}


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    async with collecting() as one:
        yield one


@pytest.fixture
async def hub_traces(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> TracerProvider:
    """The hub's spans, in the form that ``configure_tracing`` gives them."""
    provider = TracerProvider(resource=Resource.create({"service.name": "letsbe-hub"}))
    provider.add_span_processor(BackgroundExport(OTLPSpanExporter(f"{collector.url}/v1/traces")))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    return provider


async def said_in_browser(services: Services, browser: BrowserClient) -> SendMessage:
    """What the server gets of a message that was typed at the hub."""
    await browser.sign_up()
    actor = await services.accounts.actor_of(browser.cookies["letsbe_session"])
    _, tenant_id = await paid_order(services, actor)
    await services.agents.create_defaults(tenant_id)
    begun = await browser.post(f"{CUSTOMER}/tenants/{tenant_id}/conversations", json={"agent_id": AGENT})
    path = f"{CUSTOMER}/conversations/{begun.json()['data']['id']}/messages"
    assert (await browser.post(path, json={"text": HUSH})).status_code == 201
    async with services.database.read() as session:
        (waiting,) = await services.relay.outbox.waiting(session, tenant_id, 10)
    return SendMessage.model_validate(waiting.payload)


async def call_a_tool(proxy: Proxy, settings: TenantSettings, conversation_id: str) -> None:
    workspace = proxy.home.workspace(AGENT)
    workspace.mkdir(parents=True)
    (workspace / f"{HUSH}.txt").write_text(HUSH)
    traces = open_traces(settings, "wrapper")
    found = collaborators_of(proxy.home, proxy.vault, LiveRedactor(proxy.vault), traces)
    async with open_parts(proxy.home, settings, found) as parts:
        request = ExecuteRequest(
            session_id=ChatSession(AGENT, conversation_id).key,
            agent_id=AGENT,
            tool_name="file_read",
            tool_args={"path": f"{HUSH}.txt"},
        )
        assert HUSH in (await parts.live.execute(request)).output
    await asyncio.to_thread(traces.close)


@pytest.mark.slow
async def test_one_trace_leads_from_the_browser_to_the_tool_call(
    services: Services,
    browser: BrowserClient,
    collector: Collector,
    hub_traces: TracerProvider,
    tmp_path: Path,
) -> None:
    message = await said_in_browser(services, browser)
    await asyncio.to_thread(hub_traces.shutdown)
    of_hub = {span.span_id: span for span in await collector.spans(3)}
    settings = TenantSettings(
        tenant_name="t", hub_url="http://hub.test", traces=TracesTo(otlp_url=collector.url)
    )
    async with running(tmp_path / "tenant", traces=settings.traces) as proxy:
        proxy.configure(CONFIG)
        stage = Stage(proxy.home.link_db, CONFIG, traces=open_traces(settings, "link"))
        await stage.start()
        incoming = stage.store.inbox.accept("obx1", message)
        assert incoming is not None
        stage.chat.on_message(incoming)
        await stage.gateway.nth_sent(1)
        await proxy.ask({"messages": [{"role": "user", "content": HUSH}]}, AGENT)
        await call_a_tool(proxy, settings, message.conversation_id)
        stage.gateway.end(1, HUSH)
        await stage.finished(1)
        await stage.kill()
        await asyncio.to_thread(stage.traces.close)

    spans = {span.name: span for span in await collector.spans(len(of_hub) + 3)}
    asked = spans["POST /customer/conversations/{conversation_id}/messages"]
    run, call, question = spans["run"], spans["tool call"], spans["model request"]
    assert {span.trace_id for span in (asked, run, call, question)} == {asked.trace_id}
    assert (asked.parent_id, run.parent_id) == ("", asked.span_id)
    assert call.parent_id == question.parent_id == run.span_id
    assert [span.service for span in (asked, run, call, question)] == [
        "letsbe-hub",
        "letsbe-tenant-link",
        "letsbe-tenant-wrapper",
        "letsbe-tenant-proxy",
    ]
    assert run.attributes == {
        "letsbe.run_id": run.attributes["letsbe.run_id"],
        "letsbe.conversation_id": message.conversation_id,
        "letsbe.agent_id": AGENT,
        "letsbe.outcome": "completed",
    }
    assert call.attributes == {
        "gen_ai.tool.name": "file_read",
        "letsbe.agent_id": AGENT,
        "letsbe.tier": "GREEN",
        "letsbe.decision": "run",
        "letsbe.status": "executed",
    }
    assert question.attributes == {
        "letsbe.agent_id": AGENT,
        "letsbe.provider": "model",
        "letsbe.route": "chat/completions",
        "gen_ai.request.model": "real-model",
        "gen_ai.usage.input_tokens": question.attributes["gen_ai.usage.input_tokens"],
        "gen_ai.usage.output_tokens": question.attributes["gen_ai.usage.output_tokens"],
        "letsbe.is_estimated": question.attributes["letsbe.is_estimated"],
    }
    for span in spans.values():
        assert set(span.attributes) <= HUB_ATTRIBUTES | set(Attribute)
    assert not any(HUSH.encode() in body for body in collector.bodies)

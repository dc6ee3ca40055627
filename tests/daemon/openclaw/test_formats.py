"""The real OpenClaw, asking through the real proxy in each format."""

import json
import uuid
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest
import pytest_asyncio
from starlette.responses import JSONResponse, Response

from tenant_daemon.contracts.budget import BudgetPeriod, TokenBudget
from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.home import TenantHome
from tenant_daemon.local_tokens import local_token
from tenant_daemon.openclaw.client import OpenClawClient
from tenant_daemon.openclaw.events import RunCompleted, RunFailed
from tenant_daemon.openclaw.setup import write_files
from tenant_daemon.openclaw.supervisor import OpenClawProcess
from tenant_daemon.settings import Model, Ports, Upstream
from tenant_daemon.vault import Vault
from tests.support.model_upstream import ModelUpstream, end_chunk, serving, text_chunk, usage_chunk
from tests.support.openclaw import FakeWrapper, executed, make_home, make_settings
from tests.support.proxy import configure, fed
from tests.support.redis import free_port
from tests.support.vendor_streams import (
    message_events,
    message_usage,
    response_events,
    response_usage,
    text_block,
)

pytestmark = [
    pytest.mark.flow,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(360),
]

SECRET = "kV9#mQ2x!Lp7zR4wT8nB"
FORMATS = {"chat": "chat-model", "responses": "responses-model", "messages": "messages-model"}
CONFIG = TenantConfig(
    version=1,
    agents=[AgentConfig(agent_id=name, name=name, model=model) for name, model in FORMATS.items()],
)


async def nothing(_: dict[str, Any]) -> Response:
    return executed()


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


class World:
    """One OpenClaw, one proxy, and a provider that speaks everything."""

    def __init__(self, client: OpenClawClient, upstream: ModelUpstream, home: TenantHome) -> None:
        self.client = client
        self.upstream = upstream
        self._home = home

    def configure(self, config: TenantConfig) -> None:
        configure(self._home, config)

    async def say(self, agent_id: str, text: str) -> str:
        session = f"agent:{agent_id}:c-con_{uuid.uuid4().hex[:26]}"
        run_id = await self.client.send(session, text, uuid.uuid4().hex)
        async with aclosing(self.client.events()) as events:
            async for event in events:
                if getattr(event, "run_id", "") != run_id:
                    continue
                if isinstance(event, RunCompleted):
                    return event.text or ""
                if isinstance(event, RunFailed):
                    return f"FAILED {event}"
        raise AssertionError("the connection ended before the run")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    home = make_home(tmp_path_factory.mktemp("tenant"))
    home.config_file.write_text(CONFIG.model_dump_json())
    vault = Vault.open(home)
    vault.put("db-password", SECRET, actor="test")
    upstream = ModelUpstream()
    upstream.chunks = [text_chunk("Hello from chat, "), text_chunk(f"it is {SECRET}"), end_chunk()]
    upstream.chunks.append(usage_chunk(10, 5))
    async with serving(upstream.app()) as provider:
        providers = [
            Upstream(
                name="responses",
                url=f"{provider}/v1",
                format="openai-responses",
                models={"responses-model": "r"},
            ),
            Upstream(
                name="messages",
                url=f"{provider}/v1",
                format="anthropic-messages",
                models={"messages-model": "c"},
            ),
        ]
        settings = make_settings(Ports(gateway=free_port())).model_copy(
            update={"model": Model(url=f"{provider}/v1", name="m"), "upstreams": providers}
        )
        async with (
            fed(home, settings, vault) as proxy,
            serving(FakeWrapper(nothing).app()) as wrapper,
        ):
            ports = Ports(proxy=port_of(proxy), wrapper=port_of(wrapper), gateway=settings.ports.gateway)
            settings = settings.model_copy(update={"ports": ports})
            write_files(home, settings, CONFIG)
            process = OpenClawProcess(home, settings)
            await process.start()
            try:
                await process.wait_ready()
                token = local_token(home, "gateway")
                async with OpenClawClient(settings.ports.gateway, token) as client:
                    yield World(client, upstream, home)
            finally:
                await process.stop()


async def test_chat_completions(world: World) -> None:
    assert await world.say("chat", f"is it {SECRET}?") == "Hello from chat, it is SECRET_REF(db-password)"
    assert SECRET not in json.dumps(world.upstream.requests[-1])


async def test_responses(world: World) -> None:
    world.upstream.events = response_events(["Hello from ", f"responses, {SECRET}"], [], response_usage(9, 4))
    said = await world.say("responses", f"is it {SECRET}?")
    assert said == "Hello from responses, SECRET_REF(db-password)"
    assert world.upstream.requests[-1]["model"] == "r"
    assert SECRET not in json.dumps(world.upstream.requests[-1])


async def test_messages(world: World) -> None:
    world.upstream.events = message_events(
        [text_block(0, ["Hello from ", f"messages, {SECRET}"])], message_usage(9, 4)
    )
    said = await world.say("messages", f"is it {SECRET}?")
    assert said == "Hello from messages, SECRET_REF(db-password)"
    assert world.upstream.requests[-1]["model"] == "c"
    assert SECRET not in json.dumps(world.upstream.requests[-1])


async def test_agent_works_again_as_soon_as_its_budget_allows(world: World) -> None:
    asked = len(world.upstream.bodies)
    daily = TokenBudget(period=BudgetPeriod.DAY, tokens=1, agent_id="chat")
    world.configure(CONFIG.model_copy(update={"version": 2, "budgets": [daily]}))
    assert (await world.say("chat", "hello?")).startswith("FAILED")
    assert len(world.upstream.bodies) == asked
    world.configure(CONFIG.model_copy(update={"version": 3}))
    assert (await world.say("chat", "hello again?")).startswith("Hello from chat")


@pytest.mark.parametrize("agent_id", ["chat", "responses", "messages"])
async def test_answer_that_may_be_charged_is_asked_for_once(world: World, agent_id: str) -> None:
    asked = len(world.upstream.bodies)
    world.upstream.answer = lambda: JSONResponse({"error": {"message": "the gateway gave up"}}, 504)
    try:
        assert (await world.say(agent_id, "hello?")).startswith("FAILED")
    finally:
        world.upstream.answer = None
    assert len(world.upstream.bodies) == asked + 1


async def test_broken_answer_is_asked_for_once_and_people_may_ask_again(world: World) -> None:
    asked = len(world.upstream.bodies)
    world.upstream.ends_properly, chunks = False, world.upstream.chunks
    world.upstream.chunks = [text_chunk("Some words and ")]
    try:
        await world.say("chat", "hello?")
    finally:
        world.upstream.ends_properly, world.upstream.chunks = True, chunks
    assert len(world.upstream.bodies) == asked + 1
    assert (await world.say("chat", "hello?")).startswith("Hello from chat")

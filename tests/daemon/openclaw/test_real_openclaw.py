"""
The pinned OpenClaw itself, started as the daemon starts it: our configuration, our plugin, the practice model
and a wrapper that answers as each test tells it. The proxy is left out.
"""

import asyncio
import json
import os
import re
import signal
import sqlite3
import uuid
from collections.abc import AsyncIterator, MutableMapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.gateway import AnswerEnded
from tenant_daemon.hub_client.openclaw_gateway import OpenClawGateway
from tenant_daemon.local_tokens import local_token
from tenant_daemon.openclaw.checking import ConfigRefused, ask_openclaw
from tenant_daemon.openclaw.client import OpenClawClient
from tenant_daemon.openclaw.events import (
    RunAborted,
    RunCompleted,
    RunEvent,
    RunFailed,
    RunText,
)
from tenant_daemon.openclaw.paths import config_file, state_dir
from tenant_daemon.openclaw.setup import write_files
from tenant_daemon.openclaw.supervisor import OpenClawEnded, OpenClawProcess
from tenant_daemon.openclaw.transcripts import remove_transcripts
from tenant_daemon.openclaw.verification import NotVerified, verify
from tenant_daemon.practice.pacing import Pace
from tenant_daemon.practice.server import PracticeServer
from tenant_daemon.practice.site import PracticeSite
from tenant_daemon.safety.live import Patience
from tenant_daemon.settings import Ports, TenantSettings
from tests.support.model_upstream import serving
from tests.support.openclaw import FakeWrapper, denied, executed, make_config, make_home, make_settings
from tests.support.redis import free_port

pytestmark = [
    pytest.mark.flow,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(360),
]

DF = "Filesystem Size Used Avail Use% Mounted on\n/dev/vda1 252G 9.1G 230G 4% /\n"
ASK_DISK = "How much disk space is left?"
IDA = AgentConfig(agent_id="it-admin", name="Ida", tools=["shell", "file_read"], soul_md="Ida loves zebras.")
MIA = AgentConfig(agent_id="marketing", name="Mia", tools=[], soul_md="Mia loves giraffes.")
CONFIG = make_config(IDA, MIA)
RUN_ENDINGS = (RunCompleted, RunAborted, RunFailed)


@dataclass
class PracticeByAgent:
    """The practice model at each agent's path, as the proxy has it; remembers what was asked."""

    practice: Starlette
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            body = await Request(scope, receive).body()
            self.asked.append((scope["root_path"], json.loads(body)))

            first = [{"type": "http.request", "body": body, "more_body": False}]

            async def again() -> MutableMapping[str, Any]:
                return first.pop() if first else await receive()

            await self.practice(scope, again, send)


@dataclass
class Tenant:
    """A running OpenClaw and all around it."""

    home: TenantHome
    settings: TenantSettings
    wrapper: FakeWrapper
    model: PracticeByAgent
    process: OpenClawProcess

    def client(self) -> OpenClawClient:
        return OpenClawClient(self.settings.ports.gateway, local_token(self.home, "gateway"))

    async def restart(self) -> None:
        self.process = OpenClawProcess(self.home, self.settings)
        await self.process.start()
        await self.process.wait_ready()


async def nothing(_: dict[str, Any]) -> Response:
    return executed()


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


@asynccontextmanager
async def tenant_files(folder: Path, config: TenantConfig) -> AsyncIterator[Tenant]:
    """A tenant whose OpenClaw is configured and not started."""
    wrapper = FakeWrapper(nothing)
    model = PracticeByAgent(PracticeServer(1, PracticeSite(), Pace(200)).app())
    async with AsyncExitStack() as stack:
        agents = [Mount(f"/agents/{agent.agent_id}", model) for agent in config.agents]
        model_url = await stack.enter_async_context(serving(Starlette(routes=agents)))
        wrapper_url = await stack.enter_async_context(serving(wrapper.app()))
        ports = Ports(proxy=port_of(model_url), wrapper=port_of(wrapper_url), gateway=free_port())
        home, settings = make_home(folder), make_settings(ports)
        write_files(home, settings, config)
        yield Tenant(home, settings, wrapper, model, OpenClawProcess(home, settings))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tenant(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Tenant]:
    async with tenant_files(tmp_path_factory.mktemp("tenant"), CONFIG) as tenant:
        await tenant.restart()
        try:
            yield tenant
        finally:
            await tenant.process.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def client(tenant: Tenant) -> AsyncIterator[OpenClawClient]:
    tenant.wrapper.calls.clear()
    tenant.model.asked.clear()
    async with tenant.client() as client:
        yield client


def new_chat(agent_id: str = "it-admin") -> str:
    return f"agent:{agent_id}:c-con_{uuid.uuid4().hex[:26]}"


async def run(client: OpenClawClient, session_key: str, text: str) -> list[RunEvent]:
    """Send a message; all events of its run."""
    run_id = await client.send(session_key, text, uuid.uuid4().hex)
    seen: list[RunEvent] = []
    async with aclosing(client.events()) as events:
        async for event in events:
            if getattr(event, "run_id", "") == run_id:
                seen.append(event)  # type: ignore[arg-type]
            if seen and isinstance(seen[-1], RUN_ENDINGS):
                return seen
    raise AssertionError("the connection ended before the run")


async def say(client: OpenClawClient, session_key: str, text: str) -> str:
    """Send a message; the last message of the answer."""
    ending = (await run(client, session_key, text))[-1]
    assert isinstance(ending, RunCompleted), ending
    return ending.text or ""


def asked_text(tenant: Tenant) -> str:
    return json.dumps([body for _, body in tenant.model.asked], ensure_ascii=False)


async def test_our_configuration_is_valid(tenant: Tenant) -> None:
    await ask_openclaw(tenant.home, tenant.settings, config_file(tenant.home))


async def test_at_rest_it_needs_less_than_a_gigabyte(tenant: Tenant) -> None:
    assert tenant.process.pid
    process = psutil.Process(tenant.process.pid)
    everything = [process, *process.children(recursive=True)]
    private_bytes = sum(one.memory_full_info().uss for one in everything)
    assert private_bytes < 1_000_000_000


async def test_it_is_verified(client: OpenClawClient) -> None:
    await verify(client, CONFIG)


async def test_an_answer_streams_and_carries_what_the_tool_returned(
    tenant: Tenant, client: OpenClawClient
) -> None:
    async def disk(_: dict[str, Any]) -> Response:
        return executed(DF)

    tenant.wrapper.answer = disk
    session = new_chat()
    events = await run(client, session, ASK_DISK)

    ending = events[-1]
    assert isinstance(ending, RunCompleted)
    assert ending.text == (
        "I have a look.\n\nYour server's disk has 230G free of 252G; 9.1G are used, which is 4%."
    )
    assert len([event for event in events if isinstance(event, RunText)]) > 1
    (call,) = tenant.wrapper.calls
    call_id = call["context"].pop("tool_call_id")
    assert call == {
        "session_id": session,
        "agent_id": "it-admin",
        "tool_name": "shell",
        "tool_args": {"command": "df -h ."},
        "context": {"conversation_id": session.rpartition(":c-")[2]},
    }
    assert len(call_id) > 36
    assert tenant.wrapper.tokens == {f"Bearer {local_token(tenant.home, 'wrapper')}"}


async def test_each_agent_has_its_own_character_and_path(tenant: Tenant, client: OpenClawClient) -> None:
    await say(client, new_chat("it-admin"), "hello")
    await say(client, new_chat("marketing"), "hello")
    paths = [path for path, _ in tenant.model.asked]
    assert paths == ["/agents/it-admin", "/agents/marketing"]
    ida, mia = (json.dumps(body) for _, body in tenant.model.asked)
    assert "Ida loves zebras." in ida
    assert "House rules" in ida
    assert "Mia loves giraffes." in mia
    assert "zebras" not in mia
    assert [
        sorted(t["function"]["name"] for t in body.get("tools") or []) for _, body in tenant.model.asked
    ] == [
        ["file_read", "shell"],
        [],
    ]


async def test_instructions_planted_in_the_workspace_are_not_followed(
    tenant: Tenant, client: OpenClawClient
) -> None:
    planted = {"SOUL.md", "IDENTITY.md", "USER.md", "MEMORY.md", "BOOTSTRAP.md", "AGENTS.md"}
    for name in planted:
        path = tenant.home.workspace("it-admin") / name
        await asyncio.to_thread(path.write_text, f"PLANTED in {name}")
    await say(client, new_chat(), "hello")
    assert "PLANTED" not in asked_text(tenant)


async def test_a_denial_reaches_the_owner_with_its_reason(tenant: Tenant, client: OpenClawClient) -> None:
    async def no(_: dict[str, Any]) -> Response:
        return denied("The drafts are still needed.")

    tenant.wrapper.answer = no
    answer = await say(client, new_chat(), "Delete the folder old-drafts")
    assert "denied" in answer
    assert "The drafts are still needed." in answer


async def test_a_call_is_sent_again_under_its_name_while_the_wrapper_is_away(
    tenant: Tenant, client: OpenClawClient
) -> None:
    async def breaks_off() -> AsyncIterator[bytes]:
        yield b'{"status":'
        raise ConnectionResetError

    async def flaky(_: dict[str, Any]) -> Response:
        match len(tenant.wrapper.calls):
            case 1:
                return Response(status_code=503)
            case 2:
                return StreamingResponse(breaks_off())
            case _:
                return executed(DF)

    tenant.wrapper.answer = flaky
    assert "230G free" in await say(client, new_chat(), ASK_DISK)
    assert len(tenant.wrapper.calls) == 3
    assert len({call["context"]["tool_call_id"] for call in tenant.wrapper.calls}) == 1


@dataclass
class Held:
    """A wrapper's answer that does not come, as while a person is asked."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, _: dict[str, Any]) -> Response:
        self.asked.set()
        await self.go_on.wait()
        return executed(DF)


async def test_a_call_that_waits_is_answered_before_its_run_is_taken_for_stuck() -> None:
    limit = re.compile(rb"BLOCKED_TOOL_CALL_ABORT_FLOOR_MS = ([0-9e]+);")
    scripts = make_settings().openclaw.package_dir.glob("dist/diagnostic-run-activity-*.mjs")
    limits = [float(found[1]) / 1_000 for script in scripts if (found := limit.search(script.read_bytes()))]

    assert limits, "this release says it elsewhere: look for what aborts a blocked tool call"
    assert Patience().wait_seconds <= 0.75 * min(limits)


async def test_a_stopped_chat_withdraws_its_call(tenant: Tenant, client: OpenClawClient) -> None:
    held = Held()
    tenant.wrapper.answer = held.answer
    session = new_chat()
    running = asyncio.create_task(run(client, session, ASK_DISK))
    await held.asked.wait()
    assert await client.abort(session) is True
    events = await running
    held.go_on.set()
    assert isinstance(events[-1], RunAborted)
    assert await asyncio.wait_for(tenant.wrapper.cancelled.get(), 10) == session


async def test_a_run_can_be_stopped_over_a_new_connection(tenant: Tenant, client: OpenClawClient) -> None:
    held = Held()
    tenant.wrapper.answer = held.answer
    session = new_chat()
    async with tenant.client() as first:
        await first.send(session, ASK_DISK, uuid.uuid4().hex)
        await held.asked.wait()
    assert (await client.history(session)).running_run_id
    assert await client.abort(session) is True
    held.go_on.set()
    assert await client.abort(session) is False


async def test_a_message_sent_twice_is_answered_once(tenant: Tenant, client: OpenClawClient) -> None:
    session, key = new_chat(), uuid.uuid4().hex
    for _ in range(2):
        await client.send(session, "hello", key)
    async with aclosing(client.events()) as events:
        async for event in events:
            if isinstance(event, RUN_ENDINGS) and event.run_id == key:
                break
    await client.send(session, "hello", key)
    await say(client, session, "hello again")
    assert len(tenant.model.asked) == 2


@pytest.mark.parametrize("text", ["stop", "/status", "\ufeff/new", "please /model letsbe-marketing/practice"])
async def test_no_message_is_taken_for_a_command(tenant: Tenant, client: OpenClawClient, text: str) -> None:
    assert "practice mode" in await say(client, new_chat(), text)
    ((path, body),) = tenant.model.asked
    assert path == "/agents/it-admin"
    assert text in body["messages"][-1]["content"]


async def test_a_long_answer_is_looked_up_whole(tenant: Tenant, client: OpenClawClient) -> None:
    session = new_chat()
    ending = (await run(client, session, "Tell me a long story of 3000 words"))[-1]
    assert isinstance(ending, RunCompleted)
    assert ending.text is not None
    assert len(ending.text) > 15_000
    found = await OpenClawGateway(client).look_up(session, ending.run_id)
    assert found == AnswerEnded(session, ending.run_id, "final", ending.text.strip())


async def test_what_is_said_is_kept_once(tenant: Tenant, client: OpenClawClient) -> None:
    await say(client, new_chat(), "My number is seven and twenty")
    (store,) = state_dir(tenant.home).glob("agents/it-admin/agent/openclaw-agent.sqlite")
    with closing(sqlite3.connect(store)) as db:
        assert db.execute("SELECT count(*) FROM transcript_events").fetchone()[0] > 0
        assert db.execute("SELECT count(*) FROM trajectory_runtime_events").fetchone() == (0,)


async def test_archived_sessions_are_found_to_be_deleted(tenant: Tenant, client: OpenClawClient) -> None:
    session = new_chat()
    await say(client, session, "hello")
    conversation_id = session.rpartition(":c-")[2]
    listed = await client._request("sessions.list", {"agentId": "it-admin", "search": conversation_id})
    archiving = {"key": session, "archived": True, "expectedSessionId": listed["sessions"][0]["sessionId"]}
    await client._ask_as_administrator("sessions.patch", archiving)
    await OpenClawGateway(client).forget(conversation_id, ["it-admin", "marketing"])
    assert (await client.history(session)).messages == []


async def test_a_session_goes_back_to_an_earlier_point_and_is_deleted(
    tenant: Tenant, client: OpenClawClient
) -> None:
    session = new_chat()
    run_ids = [(await run(client, session, word))[-1].run_id for word in ("alpha", "beta", "gamma")]

    assert await client.rewind(session, run_ids[1:]) is True
    assert await client.rewind(session, run_ids[1:]) is False
    tenant.model.asked.clear()
    await say(client, session, "delta")
    asked = asked_text(tenant)
    assert "alpha" in asked
    assert "beta" not in asked
    assert "gamma" not in asked

    assert await client.session_keys("it-admin", session.rpartition(":")[2]) == [session]
    kept = await client.delete_session(session)
    assert kept
    assert all(path.exists() for path in map(Path, kept))
    remove_transcripts(kept)
    assert not any(path.exists() for path in map(Path, kept))
    assert await client.delete_session(session) == []
    assert (await client.history(session)).messages == []


async def test_a_crash_begins_no_run_by_itself(tenant: Tenant) -> None:
    held = Held()
    tenant.wrapper.answer = held.answer
    async with tenant.client() as client:
        session = new_chat()
        await client.send(session, ASK_DISK, uuid.uuid4().hex)
        await held.asked.wait()
        assert tenant.process.pid
        os.killpg(tenant.process.pid, signal.SIGKILL)
        await tenant.process.wait()
        await tenant.process.stop()
    tenant.model.asked.clear()
    await tenant.restart()

    async with tenant.client() as client:
        await verify(client, CONFIG)
        async with aclosing(client.events()) as events:
            held.go_on.set()
            await client.send(session, "hello", uuid.uuid4().hex)
            async for event in events:
                if isinstance(event, RunCompleted) and "practice mode" in (event.text or ""):
                    break
    assert len(tenant.model.asked) == 1


async def test_a_conversation_is_taken_up_after_a_year(tenant: Tenant) -> None:
    session = new_chat()
    async with tenant.client() as client:
        await say(client, session, "alpha")
    await tenant.process.stop()
    _age(tenant, session, days=365)
    await tenant.restart()
    async with tenant.client() as client:
        await verify(client, CONFIG)
        # OpenClaw looks for what has become old when something is written.
        await say(client, new_chat(), "hello")
        tenant.model.asked.clear()
        await say(client, session, "beta")
    assert "alpha" in asked_text(tenant)


def _age(tenant: Tenant, session: str, *, days: int) -> None:
    """Make what OpenClaw remembers of a session of it-admin's so much older."""
    shift = days * 86_400_000
    store = state_dir(tenant.home) / "agents" / "it-admin" / "agent" / "openclaw-agent.sqlite"
    with closing(sqlite3.connect(store)) as db, db:
        (text,) = db.execute(
            "SELECT entry_json FROM session_nodes WHERE session_key = ?", (session,)
        ).fetchone()
        entry = json.loads(text)
        times = {name: value - shift for name, value in entry.items() if name.endswith("At")}
        db.execute(
            "UPDATE session_nodes SET entry_json = ?, updated_at = updated_at - ?,"
            " created_at = created_at - ?, last_interaction_at = last_interaction_at - ?"
            " WHERE session_key = ?",
            (json.dumps(entry | times), shift, shift, shift, session),
        )
        # A row that another program wrote counts as unchecked, and may not be read before a repair.
        db.execute("UPDATE session_nodes SET entry_valid = 1 WHERE session_key = ?", (session,))
        db.execute("DELETE FROM session_canonical_validation_pending")


async def test_a_conversation_goes_on_beyond_what_the_model_can_read(tenant: Tenant) -> None:
    session, many_words = new_chat(), " ".join(f"word{number}" for number in range(18_000))
    async with tenant.client() as client:
        for turn in range(4):
            tenant.model.asked.clear()
            assert "practice mode" in await say(client, session, f"note {turn}: {many_words}")
    # The last turn was preceded by the summary of those before.
    assert len(tenant.model.asked) > 1
    assert "note 0: word0" not in json.dumps(tenant.model.asked[-1][1])


async def test_what_it_stored_is_for_this_user_alone(tenant: Tenant) -> None:
    def readable_by_others() -> list[Path]:
        roots = (tenant.home.openclaw_dir, tenant.home.logs_dir, tenant.home.keys_dir)
        files = [path for root in roots for path in root.rglob("*") if path.is_file()]
        assert files
        return [path for path in files if path.stat().st_mode & 0o077]

    assert await asyncio.to_thread(readable_by_others) == []


async def test_stopping_leaves_no_process(tenant: Tenant) -> None:
    """The last test with this OpenClaw; a second try needs a new one."""
    if tenant.process.pid is None:
        await tenant.restart()
    assert tenant.process.pid
    process = psutil.Process(tenant.process.pid)
    everything = [process, *process.children(recursive=True)]
    await tenant.process.stop()
    assert tenant.process.pid is None
    _gone, alive = await asyncio.to_thread(psutil.wait_procs, everything, 5)
    assert alive == []


async def test_without_the_plugin_it_is_not_verified(tmp_path: Path) -> None:
    async with tenant_files(tmp_path, make_config(IDA)) as tenant:
        file = config_file(tenant.home)
        config = json.loads(await asyncio.to_thread(file.read_text))
        config["plugins"]["load"]["paths"] = []
        await asyncio.to_thread(file.write_text, json.dumps(config))
        await tenant.restart()
        try:
            async with tenant.client() as client:
                with pytest.raises(NotVerified, match="does not tell its plugins"):
                    await verify(client, make_config(IDA))
                assert await client.effective_tools("it-admin") == frozenset()
        finally:
            await tenant.process.stop()


async def test_a_wrong_configuration_is_refused(tmp_path: Path) -> None:
    async with tenant_files(tmp_path, make_config(IDA)) as tenant:
        file = config_file(tenant.home)
        await asyncio.to_thread(file.write_text, '{"gateway": {"port": "no"}}')
        with pytest.raises(ConfigRefused, match=r"gateway\.port"):
            await ask_openclaw(tenant.home, tenant.settings, file)
        await tenant.process.start()
        with pytest.raises(OpenClawEnded):
            await tenant.process.wait_ready()
        await tenant.process.stop()

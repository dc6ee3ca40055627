"""The whole daemon: our processes and a real OpenClaw, against a hub reduced to its link."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tenant_daemon.contracts.chat import RunFinished, RunOutcome, SendMessage
from tenant_daemon.contracts.commands import ApplyConfig
from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.contracts.health import Heartbeat
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.enrolment import Enrolled
from tenant_daemon.hub_client.settings_file import write_settings
from tenant_daemon.kit.pid_file import running_pid
from tenant_daemon.kit.private_file import write_private
from tenant_daemon.local_tokens import LOCAL_TOKENS, local_token
from tenant_daemon.settings import HUB_KEY_SECRET, Ports, TenantSettings, TracesTo
from tenant_daemon.vault import Vault
from tests.support.collector import Collector, collecting
from tests.support.link_hub import API_KEY, LinkHub, running_hub
from tests.support.openclaw import OPENCLAW

pytestmark = [pytest.mark.flow, pytest.mark.timeout(480)]

START_SECONDS = 120
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CONFIG = TenantConfig(
    version=1,
    agents=[
        AgentConfig(agent_id="it-admin", name="Iris", soul_md="You look after the server.", tools=["shell"])
    ],
)


def _free_ports() -> Ports:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(4)]
    numbers = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return Ports(proxy=numbers[0], wrapper=numbers[1], gateway=numbers[2], practice=numbers[3])


@dataclass
class Server:
    """An enrolled home and the process that runs it."""

    home: TenantHome
    process: asyncio.subprocess.Process

    def children(self) -> set[int]:
        """Every process below the supervisor."""
        return _below(self.process.pid)


def _below(pid: int) -> set[int]:
    try:
        direct = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return set()
    return {int(child) for child in direct}.union(*(_below(int(child)) for child in direct))


async def _until_ended(pids: set[int], seconds: float) -> None:
    """Wait until all of these processes have ended, whoever their parent is."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(seconds):
        for pid in pids:
            try:
                handle = os.pidfd_open(pid)
            except ProcessLookupError:
                continue
            ended = asyncio.Event()
            loop.add_reader(handle, ended.set)
            await ended.wait()
            loop.remove_reader(handle)
            os.close(handle)


def _enrolled(folder: Path, hub: LinkHub, traces_url: str = "") -> TenantHome:
    home = TenantHome(folder / "home")
    home.create()
    for name in LOCAL_TOKENS:
        local_token(home, name)
    vault = Vault.open(home)
    vault.put(HUB_KEY_SECRET, API_KEY, actor="daemon:test")
    vault.close()
    settings = TenantSettings(
        tenant_name="test",
        hub_url="http://127.0.0.1:1",
        ports=_free_ports(),
        openclaw=OPENCLAW,
        traces=TracesTo(otlp_url=traces_url),
    )
    write_settings(home, settings)
    write_private(home.enrolment_file, Enrolled(tenant_id="ten_1", link_url=hub.url).model_dump_json())
    return home


async def _start(home: TenantHome) -> Server:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tenant_daemon", "run", "--home", str(home.root)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=(home.logs_dir / "daemon.log").open("ab"),
        stderr=asyncio.subprocess.STDOUT,
    )
    return Server(home, process)


@asynccontextmanager
async def _running(home: TenantHome) -> AsyncIterator[Server]:
    server = await _start(home)
    children: set[int] = set()
    try:
        yield server
    finally:
        children = server.children()
        if server.process.returncode is None:
            server.process.terminate()
            async with asyncio.timeout(30):
                await server.process.wait()
        await _until_ended(children, 5)


@pytest.fixture
async def hub() -> AsyncIterator[LinkHub]:
    async with running_hub() as hub:
        yield hub


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    async with collecting() as collector:
        yield collector


def _is_ready(hub: LinkHub) -> bool:
    beats = hub.of_kind("health.heartbeat")
    newest = beats[-1].payload if beats else None
    return isinstance(newest, Heartbeat) and newest.is_ready


def _finished(hub: LinkHub, count: int) -> list[RunFinished]:
    ends = [run[-1].body for run in hub.runs.values()]
    finished = [end for end in ends if isinstance(end, RunFinished)]
    return finished if len(finished) >= count else []


async def _until_ready(hub: LinkHub) -> None:
    hub.received.clear()
    await hub.until(_is_ready, START_SECONDS)


async def _ask(hub: LinkHub, number: int, text: str) -> None:
    message = SendMessage(
        message_id=f"msg{number}",
        conversation_id="cnv_1",
        agent_id="it-admin",
        text=text,
        traceparent=TRACEPARENT,
    )
    await hub.send(message, f"obx_{number}")


async def _first_ready(hub: LinkHub) -> None:
    await hub.until(lambda hub: bool(hub.of_kind("link.hello")), START_SECONDS)
    await hub.send(ApplyConfig(config=CONFIG), "cfg_1")
    await hub.until(_is_ready, START_SECONDS)


async def _check_traces(collector: Collector) -> None:
    """A question to the model, a tool call, a question with what it gave, and the run around them."""
    spans = await collector.spans(4)
    (run,) = [span for span in spans if span.name == "run"]
    inner = sorted(span.name for span in spans if span.parent_id == run.span_id)
    assert inner == ["model request", "model request", "tool call"]
    assert f"00-{run.trace_id}-{run.parent_id}-01" == TRACEPARENT
    assert {span.trace_id for span in spans} == {run.trace_id}


async def test_agent_answers_through_the_whole_server_and_survives_its_parts(
    tmp_path: Path, hub: LinkHub, collector: Collector
) -> None:
    home = _enrolled(tmp_path, hub, collector.url)
    async with _running(home) as server:
        await _first_ready(hub)
        await _ask(hub, 1, "How much disk is left?")
        await hub.until(lambda hub: bool(_finished(hub, 1)), 60)
        answer = _finished(hub, 1)[0]
        assert (answer.outcome, answer.is_practice) == (RunOutcome.COMPLETED, True)
        assert re.search(r"\d", answer.text)
        kinds = [event.body.type for event in next(iter(hub.runs.values()))]
        assert "tool_started" in kinds
        assert "tool_finished" in kinds
        await _check_traces(collector)

        for part in ("link", "wrapper", "proxy"):
            killed = _pid_of(server, part)
            os.kill(killed, signal.SIGKILL)
            await hub.until(lambda hub: not _is_ready(hub) or hub.connection_count > 1, 30)
            await _until_ready(hub)
        await _ask(hub, 2, "How much disk is left?")
        await hub.until(lambda hub: bool(_finished(hub, 2)), 60)
    for run in hub.runs.values():
        assert [event.seq for event in run] == list(range(1, len(run) + 1))


async def test_killed_openclaw_comes_back_and_the_chat_says_what_was_cut_off(
    tmp_path: Path, hub: LinkHub
) -> None:
    home = _enrolled(tmp_path, hub)
    async with _running(home) as server:
        await _first_ready(hub)
        await _ask(hub, 1, "Tell me a long story.")
        await hub.until(lambda hub: any(len(run) > 4 for run in hub.runs.values()), 60)
        os.kill(_pid_of(server, "openclaw"), signal.SIGKILL)
        await hub.until(lambda hub: bool(_finished(hub, 1)), 60)
        assert _finished(hub, 1)[0].outcome is RunOutcome.INTERRUPTED
        await _until_ready(hub)
        await _ask(hub, 2, "How much disk is left?")
        await hub.until(lambda hub: bool(_finished(hub, 2)), 60)
        assert _finished(hub, 2)[1].outcome is RunOutcome.COMPLETED


async def test_killed_daemon_leaves_no_process_behind(tmp_path: Path, hub: LinkHub) -> None:
    home = _enrolled(tmp_path, hub)
    server = await _start(home)
    try:
        await _first_ready(hub)
        children = server.children()
        assert len(children) >= 5
    finally:
        server.process.kill()
        await server.process.wait()
    await _until_ended(children, 10)
    assert running_pid(home.pid_file) is None


def _pid_of(server: Server, part: str) -> int:
    for pid in server.children():
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        if f"tenant_daemon {part} " in command or command.startswith(f"{part}-gateway"):
            return pid
    raise AssertionError(f"{part} does not run")

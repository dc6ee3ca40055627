"""What a restart of the wrapper leaves intact. The process tests kill a real one with SIGKILL."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest

from tenant_daemon.audit import AuditTrail
from tenant_daemon.contracts.approvals import Verdict
from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.database import Database
from tenant_daemon.local_tokens import local_token
from tenant_daemon.safety.calls import CallStore
from tenant_daemon.safety.schemas import ExecuteStatus
from tenant_daemon.safety.tables import TABLES
from tests.support.waiting import eventually
from tests.support.wrapper import AGENT, SESSION, WrapperBench

REPOSITORY = Path(__file__).resolve().parents[3]


async def test_pending_approval_goes_on_waiting_and_a_retry_joins_it(bench: WrapperBench) -> None:
    (bench.workspace / "x").write_text("x")
    async with bench.started():
        lost = bench.begin("shell", command="rm x")
        request = await bench.asked()
    with suppress(asyncio.CancelledError):
        await lost

    async with bench.started():
        retried = bench.begin("shell", command="rm x")
        await bench.decide(request.approval_id, Verdict.APPROVE)
        answer = await retried

    assert (answer.status, answer.approval_id) == ("executed", request.approval_id)
    assert bench.hub.requests.empty()
    assert not (bench.workspace / "x").exists()
    assert bench.hub.told.empty()


async def test_call_that_had_begun_is_ended_and_never_run_again(bench: WrapperBench) -> None:
    database = Database(bench.home.safety_db, TABLES)
    calls = CallStore(database)
    call, _state = calls.record(bench.request("shell", command="touch x"))
    calls.begin(call)
    database.close()

    async with bench.started():
        assert [event.type for event in bench.hub.events] == ["tool_finished"]
        answer = await bench.execute("shell", command="touch x")

    assert [entry.record.event for entry in bench.audit().entries()] == ["call.interrupted"]
    assert answer.status is ExecuteStatus.FAILED
    assert "not run again" in answer.reason
    assert not (bench.workspace / "x").exists()


async def test_approved_call_without_a_caller_runs_once_and_the_agent_is_told(bench: WrapperBench) -> None:
    (bench.workspace / "x").write_text("x")
    async with bench.started():
        lost = bench.begin("shell", command="rm -v x")
        request = await bench.asked()
    with suppress(asyncio.CancelledError):
        await lost

    async with bench.started():
        await bench.decide(request.approval_id, Verdict.APPROVE)
        session, text = await asyncio.wait_for(bench.hub.told.get(), 5)
    async with bench.started():
        pass

    assert session == SESSION
    assert "status: executed" in text
    assert "removed 'x'" in text
    assert bench.hub.told.empty()
    begun = [entry for entry in bench.audit().entries() if entry.record.event == "call.begun"]
    assert len(begun) == 1


async def test_decision_before_the_crash_is_carried_out_after_it(bench: WrapperBench) -> None:
    (bench.workspace / "x").write_text("x")
    async with bench.started() as parts:
        lost = bench.begin("shell", command="rm x")
        request = await bench.asked()
        # As when the process dies between the decision and its execution.
        parts.pending._settled.clear()
        await bench.decide(request.approval_id, Verdict.APPROVE)
    with suppress(asyncio.CancelledError):
        await lost

    async with bench.started():
        answer = await bench.execute("shell", command="rm x")

    assert answer.status is ExecuteStatus.EXECUTED
    assert not (bench.workspace / "x").exists()


async def test_stopped_agent_loses_its_question_at_the_restart(bench: WrapperBench) -> None:
    async with bench.started():
        lost = bench.begin("shell", command="rm x")
        await bench.asked()
    with suppress(asyncio.CancelledError):
        await lost
    bench.configure(is_stopped=True)

    async with bench.started():
        answer = await bench.execute("shell", command="rm x")

    assert answer.status is ExecuteStatus.BLOCKED
    assert bench.hub.reports[-1].status == "cancelled"


async def test_broken_configuration_leaves_the_last_good_one_in_force(bench: WrapperBench) -> None:
    bench.configure(is_stopped=True)
    async with bench.started():
        await bench.execute("shell", command="echo hi")
    bench.home.config_file.write_text("{ half a file")

    async with bench.started():
        answer = await bench.execute("shell", "call-2", command="echo hi")

    assert answer.reason == "Everything on this server is stopped."


async def test_without_any_configuration_every_call_asks(bench: WrapperBench) -> None:
    bench.home.config_file.unlink()
    async with bench.started():
        answering = bench.begin("shell", command="echo hi")
        request = await bench.asked()
        await bench.decide(request.approval_id, Verdict.APPROVE)

        assert (await answering).status is ExecuteStatus.EXECUTED


# The real process


class WrapperProcess:
    """``python -m tenant_daemon wrapper`` on a home of its own, with the real classifier."""

    def __init__(self, root: Path) -> None:
        self.home = TenantHome(root)
        self.home.create()
        self.workspace = self.home.workspace(AGENT)
        self.workspace.mkdir()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.home.settings_file.write_text(
            f'tenant_name = "t"\nhub_url = "http://127.0.0.1:1"\n[ports]\nwrapper = {self.port}\n'
        )
        config = TenantConfig(version=1, agents=[AgentConfig(agent_id=AGENT, name="IT", tools=["shell"])])
        self.home.config_file.write_text(config.model_dump_json())
        self.client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Authorization": f"Bearer {local_token(self.home, 'wrapper')}"},
            timeout=120,
            trust_env=False,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tenant_daemon", "wrapper", "--home", str(self.home.root), cwd=REPOSITORY
        )
        try:
            await eventually(self._answers)
            yield process
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def call(self, command: str, call_id: str = "call-1") -> httpx.Response:
        return await self.client.post(
            "/api/v1/tools/execute",
            json={
                "session_id": SESSION,
                "agent_id": AGENT,
                "tool_name": "shell",
                "tool_args": {"command": command},
                "context": {"tool_call_id": call_id},
            },
        )

    async def pending(self) -> list[str]:
        page = await self.client.get("/api/v1/approvals", params={"status": "pending"})
        return [approval["approval_id"] for approval in page.json()["data"]]

    async def first_pending(self) -> str:
        async def is_there() -> bool:
            return bool(await self.pending())

        await eventually(is_there)
        return (await self.pending())[0]

    async def decide(self, approval_id: str, verdict: str) -> httpx.Response:
        return await self.client.post(
            f"/api/v1/approvals/{approval_id}/decision",
            json={"verdict": verdict, "decided_by": "user:owner"},
        )

    async def _answers(self) -> bool:
        try:
            return (await self.client.get("/healthz")).is_success
        except httpx.TransportError:
            return False


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[WrapperProcess]:
    process = WrapperProcess(tmp_path / "home")
    yield process
    await process.client.aclose()


@pytest.mark.flow
async def test_killed_process_keeps_its_question_and_runs_it_once(process: WrapperProcess) -> None:
    folder = process.workspace / "drafts"
    folder.mkdir()
    async with process.running() as first:
        lost = asyncio.create_task(process.call("rm -r drafts"))
        approval_id = await process.first_pending()
        first.send_signal(signal.SIGKILL)
        with pytest.raises(httpx.TransportError):
            await lost

    async with process.running():
        assert await process.pending() == [approval_id]
        retried = asyncio.create_task(process.call("rm -r drafts"))
        assert (await process.decide(approval_id, "approve")).status_code == 200
        assert (await process.decide(approval_id, "deny")).status_code == 409
        answer = (await retried).json()

    assert (answer["status"], answer["approval_id"]) == ("executed", approval_id)
    assert not folder.exists()
    assert AuditTrail.open(process.home).verify().is_intact


@pytest.mark.flow
async def test_killed_process_takes_its_commands_along_and_never_repeats_them(
    process: WrapperProcess,
) -> None:
    async with process.running() as first:
        lost = asyncio.create_task(process.call("sleep 100"))
        wrapper = psutil.Process(first.pid)

        def commands() -> list[psutil.Process]:
            return [child for child in wrapper.children(recursive=True) if child.name() == "sleep"]

        await eventually(lambda: bool(commands()))
        command = commands()[0]
        first.send_signal(signal.SIGKILL)
        with pytest.raises(httpx.TransportError):
            await lost
        await eventually(lambda: not command.is_running())

    async with process.running():
        answer = (await process.call("sleep 100")).json()

    assert answer["status"] == "failed"
    assert answer["reason"].startswith("interrupted")


async def test_hub_hears_of_an_outcome_that_a_crash_kept_from_it(bench: WrapperBench) -> None:
    async with bench.started():
        answering = bench.begin("shell", command="rm x")
        await bench.decide((await bench.asked()).approval_id, Verdict.APPROVE)
        await answering
    before = bench.hub.outcomes.copy()
    database = Database(bench.home.safety_db, TABLES)
    with database.writing() as db:
        db.execute("DELETE FROM told_outcomes")
    database.close()

    for _start in range(2):
        async with bench.started():
            pass
    assert [outcome.model_dump(exclude={"ended_at"}) for outcome in bench.hub.outcomes] == [
        outcome.model_dump(exclude={"ended_at"}) for outcome in before * 2
    ]


async def test_edited_call_whose_caller_is_gone_is_told_as_what_was_done(bench: WrapperBench) -> None:
    (bench.workspace / "x").touch()
    async with bench.started():
        lost = bench.begin("shell", command="rm x y")
        request = await bench.asked()
    with suppress(asyncio.CancelledError):
        await lost

    async with bench.started():
        await bench.decide(request.approval_id, Verdict.EDIT_AND_APPROVE, edited_args={"command": "rm x"})
        _session, told = await asyncio.wait_for(bench.hub.told.get(), 30)
    assert "The owner changed this call" in told
    assert [event.summary for event in bench.hub.events if event.type == "tool_started"][-1] == "rm x"

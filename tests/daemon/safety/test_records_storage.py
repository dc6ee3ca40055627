"""The wrapper's own records cannot be written: what was done is told as it was, and is never done again."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tenant_daemon.contracts.approvals import Verdict
from tenant_daemon.safety.calls import Call
from tenant_daemon.safety.schemas import ExecuteResponse, ExecuteStatus
from tenant_daemon.safety.server import create_app
from tests.support.wrapper import WrapperBench

TOKEN = "t" * 43


@contextmanager
def locked(bench: WrapperBench) -> Iterator[None]:
    """Somebody else holds ``safety.db``; nobody waits long for it."""
    for database in (bench.parts.approvals._database, bench.parts.changes._undo._database):
        with database.reading() as connection:
            connection.execute("PRAGMA busy_timeout = 10")
    lock = sqlite3.connect(bench.home.safety_db, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        lock.close()


def events(bench: WrapperBench) -> list[str]:
    return [entry.record.event for entry in bench.audit().entries()]


async def test_what_ran_is_answered_although_the_answer_cannot_be_kept(running: WrapperBench) -> None:
    call = running.begin("handover", agent_id="sales", message="Hello")
    await running.colleague_asked.wait()
    with locked(running):
        running.colleague_answers.set()
        answer = await call

    assert (answer.status, answer.output) == (ExecuteStatus.EXECUTED, "sales answers it-admin")
    again = await running.execute("handover", agent_id="sales", message="Hello")
    assert again.status is ExecuteStatus.FAILED
    assert "not run again" in again.reason
    # It began once, and the trail says so.
    assert events(running) == ["call.begun", "call.ended", "call.interrupted"]


async def test_change_that_cannot_be_told_now_stands_and_is_told_later(running: WrapperBench) -> None:
    (running.workspace / "a").write_text("old")
    call = running.begin("file_write", path="a", content="new")
    answer = await call
    assert answer.status is ExecuteStatus.EXECUTED
    (told,) = running.hub.changes
    with running.parts.approvals._database.writing() as db:
        db.execute("UPDATE changes SET is_announced = 0")
    with locked(running):
        await running.parts.changes.announce()
    await running.parts.changes.announce()
    assert [one.change_id for one in running.hub.changes] == [told.change_id] * 3


async def test_call_that_cannot_be_written_down_is_refused_in_the_envelope(bench: WrapperBench) -> None:
    app = create_app(bench.started, TOKEN)
    transport = httpx.ASGITransport(app=app)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    body = {
        "session_id": "agent:it-admin:c-conv1",
        "agent_id": "it-admin",
        "tool_name": "shell",
        "tool_args": {"command": "touch made"},
    }
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://wrapper", headers=headers) as client,
    ):
        with locked(bench):
            answer = await client.post("/api/v1/tools/execute", json=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
    assert not (bench.workspace / "made").exists()


async def test_records_that_cannot_be_read_are_an_error_for_whoever_waits(
    running: WrapperBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_call: Call) -> ExecuteResponse:
        raise sqlite3.DatabaseError("database disk image is malformed")

    monkeypatch.setattr(running.parts.wrapper, "settle", fail)
    with pytest.raises(sqlite3.DatabaseError):
        await running.execute("shell", command="echo hi")


async def test_decision_that_cannot_be_written_down_is_not_taken(running: WrapperBench) -> None:
    call = running.begin("shell", command="rm x")
    request = await running.asked()
    with locked(running), pytest.raises(sqlite3.OperationalError):
        await running.decide(request.approval_id, Verdict.APPROVE)
    assert not call.done()
    await running.decide(request.approval_id, Verdict.DENY)
    assert (await call).status is ExecuteStatus.DENIED

"""
A wrapper that is killed before one of its commits: ``python -m tests.support.cut_wrapper``.

Reads one line of JSON per run, ``{"home", "kill_at"}``, forks, and runs one call through the whole pipeline
in the child: asked about, approved, executed, answered. The child kills itself with SIGKILL before the
``kill_at``-th statement that begins or ends a transaction, in whichever database. Writes how the child ended.
"""

import asyncio
import json
import os
import shlex
import signal
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tenant_daemon.contracts.approvals import ApprovalDecided, ApprovalRequested, Verdict
from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.kit import database as kit_database
from tenant_daemon.policy.actions import Command, RunPipelines
from tenant_daemon.policy.judgement import Judgement, PolicyContext
from tenant_daemon.safety.approval_store import ApprovalNotFound, ApprovalSettledAlready
from tests.support.wrapper import FakeHub, HubMessage, WrapperBench


def classify(_tool: str, tool_args: Mapping[str, object], context: PolicyContext) -> Judgement:
    """Everything is a command that appends a line to a file, and everything asks."""
    words = tuple(shlex.split(str(tool_args["command"])))
    command = Command(words, stdout_path=context.workspace / "ran", is_append=True)
    action = RunPipelines(((command,),), cwd=context.workspace)
    return Judgement(Tier.RED, False, "It asks.", ("scripted",), action)


class FileHub(FakeHub):
    """The way to the hub, in a file: what it has survives the kill, as in the outbox."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def put(self, payload: HubMessage) -> object:
        with self._path.open("a") as file:
            file.write(payload.model_dump_json() + "\n")
            file.flush()
            os.fsync(file.fileno())
        return super().put(payload)


def asked_in(home: Path) -> list[str]:
    """Ids of the approvals that the hub heard of, each once."""
    path = home / "hub.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return list(dict.fromkeys(line["approval_id"] for line in lines if line["kind"] == "approval.requested"))


async def carry_out(home: Path) -> str:
    """Deliver the call (again), approve whatever waits, and give the status of the answer."""
    bench = bench_at(home)
    async with bench.started() as parts:
        call = bench.begin("shell", command="echo once")
        asking = asyncio.create_task(_approve_all(bench, home, call))
        answer = await call
        asking.cancel()
        assert parts.approvals.count_pending() == 0
        return str(answer.status)


async def _approve_all(bench: WrapperBench, home: Path, call: "asyncio.Task[Any]") -> None:
    known = asked_in(home)
    while not call.done():
        for approval_id in known:
            decision = ApprovalDecided(approval_id=approval_id, verdict=Verdict.APPROVE, decided_by="user:a")
            # Decided before the kill already, or the call is over.
            with suppress(ApprovalSettledAlready, ApprovalNotFound):
                await bench.parts.pending.decide(decision)
        request: ApprovalRequested = await bench.hub.requests.get()
        known = [request.approval_id]


def bench_at(home: Path) -> WrapperBench:
    """The bench on this home, which may have been used before."""
    (home / "workspaces" / "it-admin").mkdir(parents=True, exist_ok=True)
    bench = WrapperBench(home, is_fresh=False)
    bench.configure()
    bench.classify = classify
    bench.hub = FileHub(home / "hub.jsonl")
    return bench


def kill_before(number: int) -> None:
    """Arm this process."""
    count = 0

    def look(statement: str) -> None:
        nonlocal count
        if statement.startswith(("BEGIN", "COMMIT")):
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)

    original = kit_database.Database._prepare

    def prepare(self: kit_database.Database, tables: str) -> None:
        original(self, tables)
        connection: sqlite3.Connection = self._connection
        connection.set_trace_callback(look)

    kit_database.Database._prepare = prepare  # type: ignore[method-assign]


def main() -> None:
    """Serve runs until standard input ends."""
    for line in sys.stdin:
        wanted = json.loads(line)
        child = os.fork()
        if child == 0:
            if wanted["kill_at"]:
                kill_before(wanted["kill_at"])
            status = asyncio.run(carry_out(Path(wanted["home"])))
            (Path(wanted["home"]) / "status").write_text(status)
            os._exit(0)
        _, ended = os.waitpid(child, 0)
        told = {"killed": os.WIFSIGNALED(ended), "code": os.waitstatus_to_exitcode(ended)}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

"""Audit storage that is full, locked, read-only or damaged: nothing runs, nothing is revealed."""

import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tenant_daemon.audit import AuditEvent, AuditRecord, AuditTrail, AuditUnavailable
from tenant_daemon.contracts.references import reference_to
from tenant_daemon.home import TenantHome
from tenant_daemon.safety.schemas import ExecuteStatus
from tests.support.wrapper import WrapperBench


@contextmanager
def full_disk(path: Path) -> Iterator[None]:
    """No file may grow beyond this one's size: for the databases that is a disk without room."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def quiet(bench: WrapperBench) -> None:
    """Do not wait long for locks."""
    with bench.parts.audit.reading() as connection:
        connection.execute("PRAGMA busy_timeout = 10")


async def test_full_disk_lets_nothing_run(running: WrapperBench) -> None:
    await running.execute("shell", command="echo warm")
    log = running.home.audit_db.with_name("audit.db-wal")
    # Room for the call's own record, which lies in another file, and none for the audit.
    with running.parts.approvals._database.reading() as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for _ in range(50):
        running.parts.audit.append(
            AuditRecord(event=AuditEvent.CALL_BEGUN, actor="agent:a", summary="x" * 2_000)
        )
    with full_disk(log):
        answer = await running.execute("shell", "call-2", command="touch made")

    assert answer.status is ExecuteStatus.BLOCKED
    assert not (running.workspace / "made").exists()
    assert (await running.execute("shell", "call-3", command="touch later")).status is ExecuteStatus.EXECUTED


async def test_result_is_withheld_when_the_disk_fills_while_it_runs(running: WrapperBench) -> None:
    await running.execute("shell", command="echo warm")
    call = running.begin("handover", "call-2", agent_id="sales", message="Hello")
    await running.colleague_asked.wait()
    lock = sqlite3.connect(running.home.audit_db, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    quiet(running)
    running.colleague_answers.set()
    answer = await call
    lock.close()

    assert answer.status is ExecuteStatus.BLOCKED
    assert "withheld" in answer.reason
    assert "sales answers" not in answer.model_dump_json()


async def test_read_only_audit_lets_nothing_run(running: WrapperBench) -> None:
    with running.parts.audit.reading() as connection:
        connection.execute("PRAGMA query_only = ON")

    answer = await running.execute("shell", command="touch made")

    assert answer.status is ExecuteStatus.BLOCKED
    assert not (running.workspace / "made").exists()


@pytest.mark.slow
async def test_damaged_audit_does_not_open_or_lets_nothing_run(bench: WrapperBench) -> None:
    async with bench.started():
        for number in range(20):
            await bench.execute("shell", f"call-{number}", command=f"echo {number}")
    trail = AuditTrail.open(bench.home)
    with trail.reading() as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    trail.close()
    with bench.home.audit_db.open("r+b") as file:
        file.seek(4_096)
        file.write(b"\xff" * 8_192)

    answer = None
    with suppress(AuditUnavailable):
        async with bench.started() as parts:
            assert parts.problem()
            answer = await bench.execute("shell", "call-x", command="touch made")

    assert answer is None or answer.status is ExecuteStatus.BLOCKED
    assert not (bench.workspace / "made").exists()


async def test_no_secret_is_given_out_unrecorded(running: WrapperBench) -> None:
    running.vault.put("shop-key", "quartz-lamp-42", actor="user:owner")
    with running.parts.audit.reading() as connection:
        connection.execute("PRAGMA query_only = ON")

    answer = await running.execute("shell", command=f"echo {reference_to('shop-key')}")

    assert answer.status is ExecuteStatus.BLOCKED
    assert "quartz" not in answer.model_dump_json()


@contextmanager
def small_filesystem(folder: Path) -> Iterator[None]:
    """A filesystem of its own with 256 KiB; where none can be mounted, files that can grow no further."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode == 0:
        try:
            yield
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (262_144, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.slow
def test_really_full_filesystem_keeps_what_was_written(tmp_path: Path) -> None:
    home = TenantHome(tmp_path / "small")
    with small_filesystem(home.root):
        trail = AuditTrail.open(home)
        written = 0
        record = AuditRecord(event=AuditEvent.CALL_BEGUN, actor="agent:a", summary="x" * 1_000)
        with suppress(AuditUnavailable):
            while written < 10_000:
                trail.append(record)
                written += 1
        found = trail.verify()
        trail.close()

    assert 3 < written < 10_000
    assert (found.is_intact, found.count) == (True, written)

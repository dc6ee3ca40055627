"""A call that is killed at every commit of the whole pipeline: nothing runs twice, no question is lost."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenant_daemon.audit import AuditEvent, AuditTrail
from tenant_daemon.home import TenantHome
from tests.support.cut_wrapper import asked_in

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def runner() -> Iterator["subprocess.Popen[str]"]:
    """A process with everything loaded, which forks for each run."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.cut_wrapper"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield process
    assert process.stdin is not None
    process.stdin.close()
    process.wait(10)


def run(runner: "subprocess.Popen[str]", home: Path, kill_at: int) -> bool:
    """One run; says whether it was killed."""
    assert runner.stdin is not None
    assert runner.stdout is not None
    runner.stdin.write(json.dumps({"home": str(home), "kill_at": kill_at}) + "\n")
    runner.stdin.flush()
    while not (line := runner.stdout.readline()).startswith("{"):
        assert line, "the runner is gone"
    ended = json.loads(line)
    assert ended["killed"] or ended["code"] == 0
    return bool(ended["killed"])


@pytest.mark.flow
@pytest.mark.timeout(300)
def test_every_commit(runner: "subprocess.Popen[str]", tmp_path: Path) -> None:
    cut = 0
    while True:
        cut += 1
        home = tmp_path / f"cut-{cut}"
        was_killed = run(runner, home, cut)
        had_run, asked_before = ran(home), asked_in(home)
        if was_killed:
            assert not run(runner, home, 0)
        check(home, had_run, asked_before)
        if not was_killed:
            break
    assert cut > 20


@pytest.mark.slow
@pytest.mark.parametrize("cut", [9, 16, 23])
def test_some_commits(runner: "subprocess.Popen[str]", tmp_path: Path, cut: int) -> None:
    home = tmp_path / "home"
    assert run(runner, home, cut)
    had_run, asked_before = ran(home), asked_in(home)
    assert not run(runner, home, 0)
    check(home, had_run, asked_before)


def ran(home: Path) -> int:
    """How often the command was executed."""
    path = home / "workspaces/it-admin/ran"
    return len(path.read_text().splitlines()) if path.exists() else 0


def check(home: Path, had_run: int, asked_before: list[str]) -> None:
    trail = AuditTrail.open(TenantHome(home))
    assert trail.verify().is_intact
    events = [entry.record.event for entry in trail.entries()]
    status = (home / "status").read_text()
    # Interrupted means that nobody can know; then it is never done again.
    if status == "failed":
        assert ran(home) == had_run
        assert AuditEvent.CALL_INTERRUPTED in events
    else:
        assert status == "executed"
        assert ran(home) == 1
    # A question that people have seen was the one that was decided: no second one took its place.
    assert asked_in(home)[: len(asked_before)] == asked_before
    assert len(asked_in(home)) == 1

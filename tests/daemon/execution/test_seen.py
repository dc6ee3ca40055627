"""What was judged is what is opened: a file that was replaced in between stops the call."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.execution import CallScope, Limits
from tenant_daemon.execution.seen import seen_by
from tenant_daemon.execution.shell import Shell
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.home import TenantHome
from tenant_daemon.policy import PolicyContext, classify
from tenant_daemon.policy.actions import Command, RunPipelines


@pytest.fixture
def workspace(home: TenantHome) -> Path:
    return home.workspace(AgentConfig(agent_id="it-admin", name="IT").agent_id).resolve()


def _judged(command: str, workspace: Path) -> RunPipelines:
    action = classify("shell", {"command": command}, PolicyContext(workspace)).action
    assert isinstance(action, RunPipelines)
    return action


@pytest.mark.parametrize(
    "command", ["cat a.txt", "wc -l < a.txt", "sort --output=b.txt a.txt", "ls; cat a.txt"]
)
async def test_replaced_file_stops_the_call(
    home: TenantHome, undo: UndoStore, scope: CallScope, workspace: Path, tmp_path: Path, command: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("streng geheim\n")
    (workspace / "a.txt").write_text("plain\n")
    action = _judged(command, workspace)
    seen = seen_by(action, is_exact=False)
    (workspace / "a.txt").unlink()
    (workspace / "a.txt").symlink_to(secret)

    outcome = await Shell(home, undo, Limits()).run(action, workspace, replace(scope, seen=seen))

    assert not outcome.is_success
    assert "geheim" not in outcome.output
    assert not (workspace / "b.txt").exists()


async def test_approved_script_is_the_one_that_was_looked_at(
    home: TenantHome, undo: UndoStore, scope: CallScope, workspace: Path
) -> None:
    script = workspace / "job.py"
    script.write_text("print('one')\n")
    action = _judged("python3 job.py", workspace)
    seen = seen_by(action, is_exact=True)
    with script.open("r+") as file:
        file.write("print('TWO')\n")
    os.utime(script, ns=(1, 1))

    outcome = await Shell(home, undo, Limits()).run(action, workspace, replace(scope, seen=seen))

    assert "TWO" not in outcome.output
    assert not outcome.is_success


async def test_file_that_grows_is_the_same_file(
    home: TenantHome, undo: UndoStore, scope: CallScope, workspace: Path
) -> None:
    log = workspace / "app.log"
    log.write_text("one\n")
    action = _judged("wc -l app.log absent.log", workspace)
    seen = seen_by(action, is_exact=False)
    with log.open("a") as file:
        file.write("two\n")

    outcome = await Shell(home, undo, Limits()).run(action, workspace, replace(scope, seen=seen))

    assert "2 app.log" in outcome.output


@contextmanager
def _swapping(path: Path, target: Path) -> Iterator[None]:
    """Somebody who puts a link to the target and an ordinary file there, in turns, as fast as can be."""
    is_over = threading.Event()

    def swap() -> None:
        plain, link = path.with_suffix(".plain"), path.with_suffix(".link")
        while not is_over.is_set():
            link.symlink_to(target)
            link.replace(path)
            plain.write_text("plain\n")
            plain.replace(path)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


@pytest.mark.slow
async def test_racing_links_never_lead_into_the_home(
    home: TenantHome, undo: UndoStore, scope: CallScope, workspace: Path
) -> None:
    """Whoever wins the last moment meets the kernel: the home stays closed to commands (Landlock)."""
    key = home.keys_dir / "proxy.token"
    key.parent.mkdir(parents=True, exist_ok=True)
    key.write_text("streng geheim\n")
    (workspace / "a.txt").write_text("plain\n")
    with _swapping(workspace / "a.txt", key):
        for _ in range(8):
            action = RunPipelines(((Command(("cat", "a.txt")),),), cwd=workspace)
            seen = seen_by(action, is_exact=False)
            outcome = await Shell(home, undo, Limits()).run(action, workspace, replace(scope, seen=seen))
            assert "geheim" not in outcome.output

"""A control group for each call: real ones where this machine lets us make some, else ordinary files."""

import asyncio
import dataclasses
import os
import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tenant_daemon.execution import CallScope, Limits, Outcome, shell
from tenant_daemon.execution.call_groups import DAEMONS, CallGroups, base_of, group_of, settle_in
from tenant_daemon.execution.sandbox import landlock_version
from tenant_daemon.execution.shell import Shell
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.home import TenantHome
from tenant_daemon.policy.actions import Command, RunPipelines
from tests.support.waiting import eventually


@pytest.fixture
def groups() -> Iterator[CallGroups | None]:
    """Real groups below our own; None where nobody lets us make any."""
    own = group_of()
    base = own / f"letsbe-test-{random.randbytes(6).hex()}" if own is not None else None
    try:
        if base is None:
            raise PermissionError
        base.mkdir()
    except OSError:
        yield None
        return
    yield CallGroups(base)
    for folder in (*(path for path in base.iterdir() if path.is_dir()), base):
        folder.rmdir()


class Runner:
    """Runs what a person approved."""

    def __init__(
        self, home: TenantHome, undo: UndoStore, scope: CallScope, groups: CallGroups | None
    ) -> None:
        self._home, self._undo, self._groups = home, undo, groups
        self._scope = dataclasses.replace(scope, is_approved=True)

    async def __call__(self, *argv: str, **limits: int) -> Outcome:
        runner = Shell(self._home, self._undo, Limits(**limits), groups=self._groups)  # type: ignore[arg-type]
        workspace = self._home.workspace("it-admin")
        return await runner.run(RunPipelines(((Command(argv),),), cwd=workspace), workspace, self._scope)


@pytest.fixture
def run(home: TenantHome, undo: UndoStore, scope: CallScope, groups: CallGroups | None) -> Runner:
    return Runner(home, undo, scope, groups)


def sleepers(seconds: str) -> list[psutil.Process]:
    return [one for one in psutil.process_iter(["cmdline"]) if one.info["cmdline"] == ["sleep", seconds]]


@pytest.fixture
def seconds() -> Iterator[str]:
    """How long a sleeper of this test alone sleeps; what is left of them ends with the test."""
    number = str(random.randrange(10_000, 1_000_000))
    yield number
    for process in sleepers(number):
        process.kill()


@pytest.mark.slow
async def test_commands_run_in_the_group_of_their_call(run: Runner, groups: CallGroups | None) -> None:
    outcome = await run("cat", "/proc/self/cgroup")

    assert outcome.is_success
    assert ("/letsbe-call-" in outcome.output) is (groups is not None)
    assert groups is None or not list(groups.base.glob("letsbe-call-*"))


@pytest.mark.slow
@pytest.mark.parametrize("is_grouped", [True, False])
async def test_nothing_survives_a_killed_warden(
    is_grouped: bool,
    home: TenantHome,
    undo: UndoStore,
    scope: CallScope,
    groups: CallGroups | None,
    seconds: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shell, "_LEFT_OVER_SECONDS", 0.1)
    run = Runner(home, undo, scope, groups if is_grouped else None)
    task = asyncio.create_task(run("sh", "-c", f"setsid sleep {seconds} & setsid -w sleep {seconds}"))
    await eventually(lambda: len(sleepers(seconds)) == 2)
    warden = next(one for one in psutil.Process().children() if "warden.py" in " ".join(one.cmdline()))
    os.kill(warden.pid, signal.SIGKILL)
    outcome = await task

    # Without a group the kernel ends the warden's own children alone; the call does not wait for the rest.
    assert (outcome.exit_code, bool(sleepers(seconds))) == (137, groups is None or not is_grouped)


@pytest.mark.slow
async def test_no_command_leaves_its_group(run: Runner, groups: CallGroups | None) -> None:
    base = groups.base if groups is not None else Path("/nonexistent")
    outcome = await run("sh", "-c", f"echo $$ > {base}/cgroup.procs")

    assert outcome.is_success is (groups is not None and not landlock_version())


@pytest.mark.slow
async def test_memory_and_processes_of_a_call_are_bounded_together(
    run: Runner, groups: CallGroups | None
) -> None:
    bounded = groups.controllers() if groups is not None else frozenset()
    filling = "import os; [os.fork() for _ in range(2)]; x = b'x' * (40 << 20)"
    starting = "import subprocess; [subprocess.Popen(['sleep', '1']) for _ in range(20)]"

    memory = await run("python3", "-c", filling, call_memory_bytes=100 << 20)
    processes = await run("python3", "-c", starting, call_processes=10)

    assert ("[stopped: it needed more than 100 MiB of memory]" in memory.output) is ("memory" in bounded)
    assert ("more than 10 processes at a time]" in processes.output) is ("pids" in bounded)


def test_what_a_former_process_left_is_ended(groups: CallGroups | None, seconds: str) -> None:
    if groups is None:
        assert CallGroups.open() is None
        return
    left = groups.base / "letsbe-call-left"
    left.mkdir()
    with subprocess.Popen(["sleep", seconds], start_new_session=True) as process:
        (left / "cgroup.procs").write_text(str(process.pid))

        groups.sweep()

        assert process.wait(10) == -signal.SIGKILL
    assert not left.exists()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What of a unit's group the daemon reads and writes, as ordinary files."""
    unit = tmp_path / "unit"
    unit.mkdir()
    (unit / "cgroup.subtree_control").write_text("")
    return unit


_BOUNDS = {"pids.max": "7", "memory.max": "1048576", "memory.oom.group": "1", "memory.swap.max": "0"}


def test_bounds_are_those_that_the_kernel_hands_down(tree: Path) -> None:
    limits = Limits(call_processes=7, call_memory_bytes=1 << 20)
    with CallGroups(tree).group(limits) as bare:
        assert not (bare.folder / "pids.max").exists()
    (tree / "cgroup.subtree_control").write_text("cpu memory pids\n")
    with CallGroups(tree).group(limits) as group:
        told = {name: (group.folder / name).read_text() for name in _BOUNDS}
        unbothered = group.reached(limits)
        (group.folder / "memory.events").write_text("oom 1\noom_kill 4\noom_group_kill 1\n")
        (group.folder / "pids.events").write_text("max 12\n")
        reached = group.reached(limits)

    assert told == _BOUNDS
    assert unbothered == []
    assert reached == [
        "[stopped: it needed more than 1 MiB of memory]",
        "[it was kept from running more than 7 processes at a time]",
    ]


def test_daemon_settles_below_a_unit_that_is_left_to_it(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert settle_in(tree) is False
    assert not (tree / DAEMONS).exists()

    monkeypatch.setattr(os, "listxattr", lambda _path: ["user.delegate"])
    monkeypatch.setattr(os, "getxattr", lambda _path, _name: b"1")

    assert settle_in(tree) is True
    assert (tree / DAEMONS / "cgroup.procs").read_text() == str(os.getpid())
    assert (tree / "cgroup.subtree_control").read_text() == "+pids"


def test_group_of_a_process_is_found(tmp_path: Path) -> None:
    proc, mounted = tmp_path / "proc", tmp_path / "cgroup"
    unit = mounted / f"unit/{DAEMONS}"
    unit.mkdir(parents=True)
    for folder in ("self", "12"):
        (proc / folder).mkdir(parents=True)
    (proc / "self/mountinfo").write_text(
        f"30 23 0:26 / /sys rw - sysfs sysfs rw\n31 30 0:27 /system.slice {mounted} rw - cgroup2 cgroup2 rw\n"
    )
    (proc / "12/cgroup").write_text(f"1:name=systemd:/x\n0::/system.slice/unit/{DAEMONS}\n")

    assert group_of(12, proc) == unit
    assert base_of(12, proc) is None
    (unit / "cgroup.kill").touch()
    assert base_of(12, proc) == unit.parent
    assert group_of(13, proc) is None

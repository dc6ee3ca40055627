"""What a call may take of the server's disks, all its files together."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tenant_daemon.execution import CallScope, Limits, Outcome
from tenant_daemon.execution.disk_watch import DiskWatch
from tenant_daemon.execution.shell import Shell
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.home import TenantHome
from tenant_daemon.policy.actions import Command, RunPipelines

MEBIBYTE = 1_048_576
_WRITING = """
import itertools
for number in itertools.count():
    with open(f"part-{number}", "wb") as file:
        file.write(b"x" * 1_048_576)
"""


async def run(home: TenantHome, scope: CallScope, code: str, limits: Limits) -> Outcome:
    workspace = home.workspace("it-admin")
    action = RunPipelines(((Command(("python3", "-c", code)),),), cwd=workspace)
    return await Shell(home, UndoStore.open(home), limits).run(action, workspace, scope)


async def test_call_that_fills_the_disk_with_many_files_is_stopped(
    home: TenantHome, scope: CallScope, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenant_daemon.execution.shell._DISK_LOOK_SECONDS", 0.01)
    outcome = await run(home, scope, _WRITING, Limits(written_bytes=20 * MEBIBYTE, wall_seconds=60))

    assert (outcome.is_success, outcome.exit_code) == (False, 153)
    assert "20 MiB" in outcome.output.splitlines()[-1]
    assert len(os.listdir(workspace)) < 2_000


async def test_call_within_its_bounds_is_left_alone(home: TenantHome, scope: CallScope) -> None:
    code = "open('a', 'wb').write(b'x' * 1_000_000); print('done')"

    assert (await run(home, scope, code, Limits())).output == "done\n"


def disk(free_bytes: int, free_files: int = 1_000) -> os.statvfs_result:
    # f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree, f_favail, f_flag, f_namemax, f_fsid
    blocks = free_bytes // 4_096
    return os.statvfs_result((4_096, 4_096, 10**9, blocks, blocks, 10**6, free_files, free_files, 0, 255, 0))


@pytest.mark.parametrize(
    ("before", "after", "is_passed"),
    [
        (disk(1_000 * MEBIBYTE), disk(901 * MEBIBYTE), False),
        (disk(1_000 * MEBIBYTE), disk(899 * MEBIBYTE), True),
        # Half of what is left, where that is less ...
        (disk(150 * MEBIBYTE), disk(76 * MEBIBYTE), False),
        (disk(150 * MEBIBYTE), disk(74 * MEBIBYTE), True),
        # ... but never so little that others reach it.
        (disk(70 * MEBIBYTE), disk(10 * MEBIBYTE), False),
        (disk(1_000 * MEBIBYTE, 1_000), disk(1_000 * MEBIBYTE, 951), False),
        (disk(1_000 * MEBIBYTE, 1_000), disk(1_000 * MEBIBYTE, 949), True),
        (disk(1_000 * MEBIBYTE, 60), disk(1_000 * MEBIBYTE, 29), True),
        # Some file systems have as many files as they like, and count none.
        (disk(1_000 * MEBIBYTE, 0), disk(1_000 * MEBIBYTE, 0), False),
        (disk(1_000 * MEBIBYTE), disk(2_000 * MEBIBYTE), False),
    ],
)
def test_bound_is_what_may_be_taken_or_half_of_what_is_left(
    before: os.statvfs_result, after: os.statvfs_result, is_passed: bool, tmp_path: Path
) -> None:
    now = [before]
    look: Callable[[Path], os.statvfs_result] = lambda _place: now[0]  # noqa: E731
    watch = DiskWatch([tmp_path], Limits(written_bytes=100 * MEBIBYTE, written_files=50), look)
    assert not watch.passed()

    now[0] = after

    assert (watch.passed(), bool(watch.note)) == (is_passed, is_passed)


def test_disk_that_cannot_be_seen_stops_nothing(tmp_path: Path) -> None:
    def look(_place: Path) -> os.statvfs_result:
        raise OSError

    assert not DiskWatch([tmp_path / "absent"], Limits(), look).passed()

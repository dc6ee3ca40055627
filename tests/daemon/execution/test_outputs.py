"""A long output is shown by its head and tail; all of it, redacted, lies in the workspace."""

import os
import stat
import time
from pathlib import Path

import pytest

from tenant_daemon.execution import CallScope, Limits, Outcome
from tenant_daemon.execution.outputs import FOLDER, MAX_FILES, Spool
from tenant_daemon.execution.shell import Shell
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.home import TenantHome
from tenant_daemon.policy.actions import Command, RunPipelines
from tenant_daemon.redaction import KnownSecret, Redactor

SECRET = "quartz-lamp-42-forty-two"
REDACTOR = Redactor([KnownSecret("shop-key", SECRET)])


async def run(home: TenantHome, scope: CallScope, script: str, wall_seconds: float = 20) -> Outcome:
    limits = Limits(output_bytes=2_000, wall_seconds=wall_seconds)
    shell = Shell(home, UndoStore.open(home), limits, REDACTOR.stream)
    workspace = home.workspace("it-admin")
    return await shell.run(RunPipelines(((Command(("sh", "-c", script)),),), cwd=workspace), workspace, scope)


async def test_long_output_is_kept_whole_and_redacted(
    home: TenantHome, scope: CallScope, workspace: Path
) -> None:
    outcome = await run(home, scope, f"seq 2000; echo key {SECRET}; seq 2000")

    assert "left out; all of it: .output/call-1.txt ...]" in outcome.output
    kept = workspace / FOLDER / "call-1.txt"
    lines = kept.read_text().splitlines()
    assert (lines[0], lines[2_000], lines[-1]) == ("1", "key SECRET_REF(shop-key)", "2000")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


async def test_short_output_leaves_nothing_behind(
    home: TenantHome, scope: CallScope, workspace: Path
) -> None:
    assert (await run(home, scope, "echo hi")).output == "hi\n"
    assert os.listdir(workspace) == []
    assert os.listdir(home.run_dir) == []


async def test_what_ran_too_long_is_kept_as_well(home: TenantHome, scope: CallScope, workspace: Path) -> None:
    outcome = await run(home, scope, "seq 2000; sleep 60", wall_seconds=1)

    assert "all of it: .output/call-1.txt" in outcome.output
    assert (workspace / FOLDER / "call-1.txt").read_text().endswith("2000\n")


async def test_link_in_the_way_is_not_followed(
    home: TenantHome, scope: CallScope, workspace: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (workspace / FOLDER).symlink_to(outside)

    outcome = await run(home, scope, "seq 2000")

    assert "bytes left out ...]" in outcome.output
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("call_id", ["../../keys/x", "a/b", ".."])
def test_name_of_a_call_leads_nowhere_else(home: TenantHome, workspace: Path, call_id: str) -> None:
    spool = Spool(home.run_dir)
    spool.add(b"x")
    path = spool.keep(workspace, call_id, REDACTOR.stream)
    spool.close()

    assert (workspace / path).resolve().parent == workspace / FOLDER


def test_old_ones_go(home: TenantHome, workspace: Path) -> None:
    folder = workspace / FOLDER
    folder.mkdir()
    for number in range(MAX_FILES + 5):
        (folder / f"{number}.txt").write_text("x")
        os.utime(folder / f"{number}.txt", (time.time() - number * 60, time.time() - number * 60))
    long_ago = time.time() - 8 * 86_400
    os.utime(folder / "3.txt", (long_ago, long_ago))
    spool = Spool(home.run_dir)
    spool.keep(workspace, "new", REDACTOR.stream)
    spool.close()

    left = {path.name for path in folder.iterdir()}
    assert len(left) <= MAX_FILES
    assert {"0.txt", "new.txt"} <= left
    assert "3.txt" not in left

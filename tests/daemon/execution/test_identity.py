"""As root the daemon runs commands as the tenant's own user, who can use the workspace and nothing else."""

import asyncio
import os
import stat
from contextlib import chdir
from pathlib import Path

import pytest

from tenant_daemon.execution import CallScope, Limits, Outcome
from tenant_daemon.execution.identity import Identity, NoSuchUser, hand_over, identity_of
from tenant_daemon.execution.shell import Shell
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.home import TenantHome
from tenant_daemon.policy import PolicyContext, classify
from tenant_daemon.policy.actions import RunPipelines

IS_ROOT = os.geteuid() == 0
WHO = Identity(54_321, 54_321)


async def run(home: TenantHome, scope: CallScope, command: str) -> Outcome:
    workspace = home.workspace("it-admin")
    action = classify("shell", {"command": command}, PolicyContext(workspace)).action
    assert isinstance(action, RunPipelines)
    shell = Shell(home, UndoStore.open(home), Limits(), identity=WHO if IS_ROOT else None)
    return await shell.run(action, workspace, scope)


async def test_commands_are_the_tenants_own_user(reachable: TenantHome, scope: CallScope) -> None:
    workspace = reachable.workspace("it-admin")
    (workspace / "by-the-daemon.txt").write_text("hello")
    (workspace / "by-the-daemon.txt").chmod(0o600)

    outcome = await run(
        reachable, scope, "id -u; cat by-the-daemon.txt > copy.txt; cat copy.txt; mkdir -p a && touch a/b"
    )

    me = WHO.uid if IS_ROOT else os.geteuid()
    assert outcome.output.split() == [str(me), "hello"]
    made = [workspace / name for name in ("by-the-daemon.txt", "copy.txt", "a", "a/b")]
    assert {path.stat().st_uid for path in made} == {me}


async def test_the_home_stays_closed_to_that_user(reachable: TenantHome, scope: CallScope) -> None:
    key = reachable.keys_dir / "vault.key"
    key.write_text("the key")
    # Approved, so that the kernel's file rules are out of the way and only the user counts.
    hand_over(reachable.root, reachable.workspace("it-admin"), WHO)

    outcome = await run(reachable, scope, "ls; id -G")

    assert outcome.is_success, outcome.output
    assert "0" not in outcome.output.split() or not IS_ROOT
    for folder in (reachable.root, reachable.workspaces_dir):
        assert stat.S_IMODE(folder.stat().st_mode) & 0o007 == 0
    assert stat.S_IMODE(reachable.keys_dir.stat().st_mode) == 0o700


async def test_programs_for_the_server_keep_the_daemons_rights(
    reachable: TenantHome, scope: CallScope
) -> None:
    outcome = await run(reachable, scope, "docker exec web ls; id -u")
    action = classify(
        "shell", {"command": "docker ps; cat a"}, PolicyContext(reachable.workspace("it-admin"))
    ).action

    assert isinstance(action, RunPipelines)
    assert [pipeline[0].needs_server for pipeline in action.pipelines] == [True, False]
    assert outcome.output.rstrip().endswith(str(WHO.uid if IS_ROOT else os.geteuid()))


@pytest.mark.slow
async def test_folders_of_any_depth_leave_the_agent_its_commands(
    reachable: TenantHome, scope: CallScope
) -> None:
    workspace = reachable.workspace("it-admin")
    make_folders(workspace, ["d"] * 1_100)
    make_folders(workspace, ["e" * 250] * 16 + ["f" * 250])
    try:
        assert (await run(reachable, scope, "mkdir a && ls -d a")).output == "a\n"
    finally:
        # Too deep for Python.
        await (await asyncio.create_subprocess_exec("rm", "-rf", str(workspace))).wait()


def make_folders(below: Path, names: list[str]) -> None:
    """Folders in each other, also where their whole path is too long to be named."""
    with chdir(below):
        for name in names:
            os.mkdir(name)
            os.chdir(name)


def test_links_in_the_workspace_are_not_followed(reachable: TenantHome, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("x")
    before = outside.stat().st_uid
    workspace = reachable.workspace("it-admin")
    (workspace / "link").symlink_to(outside)
    (workspace / "hard").hardlink_to(outside)
    who = WHO if IS_ROOT else Identity(os.geteuid(), os.getegid())

    hand_over(reachable.root, workspace, who)

    assert outside.stat().st_uid == before
    assert (workspace / "link").lstat().st_uid == who.uid


def test_only_a_user_of_its_own_is_taken() -> None:
    assert identity_of("") is None
    if not IS_ROOT:
        return
    assert identity_of("54321") == Identity(54_321, 54_321, identity_of("54321").groups)  # type: ignore[union-attr]
    for name in ("root", "nobody-of-that-name"):
        with pytest.raises(NoSuchUser):
            identity_of(name)

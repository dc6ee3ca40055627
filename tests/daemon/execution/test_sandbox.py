"""The kernel keeps unattended commands out of the home, whatever the classifier thought of them."""

import dataclasses
from pathlib import Path

import pytest

from tenant_daemon.execution import CallScope, Limits, Outcome
from tenant_daemon.execution.sandbox import allowed_roots, key_places, landlock_version
from tenant_daemon.execution.shell import Shell
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.home import TenantHome
from tenant_daemon.policy.actions import Command, RunPipelines
from tenant_daemon.vault.keys import KeyStore


async def run(home: TenantHome, scope: CallScope, *argv: str) -> Outcome:
    shell = Shell(home, UndoStore.open(home), Limits())
    workspace = home.workspace("it-admin")
    return await shell.run(RunPipelines(((Command(argv),),), cwd=workspace), workspace, scope)


@pytest.fixture
def key(home: TenantHome) -> Path:
    path = home.keys_dir / "vault.key"
    path.write_text("the key")
    return path


def test_everything_but_the_way_to_the_home_is_allowed(tmp_path: Path) -> None:
    home = tmp_path.resolve() / "home"
    (home / "workspaces/a").mkdir(parents=True)
    (tmp_path / "beside").mkdir()

    roots = allowed_roots(home, home / "workspaces/a")

    assert {str(home / "workspaces/a"), str(tmp_path.resolve() / "beside"), "/usr"} <= set(roots)
    assert not [root for root in roots if str(home).startswith(f"{root}/") or root == str(home)]


async def test_unattended_command_cannot_open_the_home(home: TenantHome, scope: CallScope, key: Path) -> None:
    is_confined = landlock_version() > 0  # Kernels without Landlock still have the layers above it.
    neighbour = home.workspace("sales")
    neighbour.mkdir()

    reading = await run(home, scope, "cat", str(key))
    writing = await run(home, scope, "touch", str(neighbour / "x"))

    assert [not outcome.is_success for outcome in (reading, writing)] == [is_confined, is_confined]


async def test_unlocked_key_in_memory_is_as_closed_as_the_file(home: TenantHome, scope: CallScope) -> None:
    is_confined = landlock_version() > 0
    keys = KeyStore.of(home)
    keys.create()
    keys.set_passphrase("a bakery opens at five")
    try:
        reading = await run(home, scope, "cat", str(keys.unlocked_file))
        beside = await run(home, scope, "ls", "/usr/bin")
    finally:
        keys.unlocked_file.unlink()

    assert not reading.is_success or not is_confined
    assert beside.is_success


def test_credentials_of_systemd_are_closed(
    home: TenantHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path.resolve() / "credentials"
    folder.mkdir()
    (folder / "letsbe-vault-key").write_text("the key")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))

    closed = key_places(home)

    assert closed == [folder]
    roots = allowed_roots(home.root.resolve(), home.root.resolve() / "workspaces", closed)
    assert not [root for root in roots if str(folder).startswith(f"{root}/") or root == str(folder)]


async def test_unattended_command_works_in_its_workspace_and_reads_the_server(
    home: TenantHome, scope: CallScope
) -> None:
    script = (
        "mkdir -p a/b && echo hi > a/f && mv a/f a/b/g && cat a/b/g && ls / > /dev/null && cat /etc/hostname"
    )
    outcome = await run(home, scope, "sh", "-c", script)

    assert outcome.is_success, outcome.output
    assert outcome.output.startswith("hi\n")


async def test_approved_command_is_not_confined(home: TenantHome, scope: CallScope, key: Path) -> None:
    approved = dataclasses.replace(scope, is_approved=True)

    assert (await run(home, approved, "cat", str(key))).output == "the key"

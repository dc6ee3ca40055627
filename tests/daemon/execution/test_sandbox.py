"""The kernel keeps commands out of the home, whatever the classifier or a person thought of them."""

import dataclasses
import os
import secrets
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tenant_daemon.execution import CallScope, Limits, Outcome
from tenant_daemon.execution.identity import Identity
from tenant_daemon.execution.sandbox import allowed_roots, key_places, landlock_version
from tenant_daemon.execution.shell import Shell
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.home import TenantHome
from tenant_daemon.policy.actions import Command, RunPipelines
from tenant_daemon.vault.keys import KeyStore

WHO = Identity(54_321, 54_321) if os.geteuid() == 0 else None


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


@pytest.mark.slow
async def test_unattended_command_cannot_open_the_home(home: TenantHome, scope: CallScope, key: Path) -> None:
    is_confined = landlock_version() > 0  # Kernels without Landlock still have the layers above it.
    neighbour = home.workspace("sales")
    neighbour.mkdir()

    reading = await run(home, scope, "cat", str(key))
    writing = await run(home, scope, "touch", str(neighbour / "x"))

    assert [not outcome.is_success for outcome in (reading, writing)] == [is_confined, is_confined]


@pytest.mark.slow
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

    assert folder in closed
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


async def test_files_can_be_moved_and_linked_between_folders(home: TenantHome, scope: CallScope) -> None:
    code = "import os; os.mkdir('a'); open('f', 'w'); os.rename('f', 'a/f'); os.link('a/f', 'g')"

    assert (await run(home, scope, "python3", "-c", code)) == Outcome(is_success=True, output="", exit_code=0)


@pytest.fixture
def approved(scope: CallScope) -> CallScope:
    return dataclasses.replace(scope, is_approved=True)


@pytest.mark.slow
async def test_approved_script_cannot_reach_the_home(
    home: TenantHome, approved: CallScope, key: Path, tmp_path: Path
) -> None:
    is_confined = landlock_version() > 0
    (home.workspace("it-admin") / "link").symlink_to(key)
    doors = [str(key), "link", f"/proc/self/root{key}", f"../../{key.relative_to(home.root)}"]

    opened = [await run(home, approved, "sh", "-c", f"cat {door}") for door in doors]
    writing = await run(home, approved, "sh", "-c", f"echo x >> {home.settings_file}")
    moving = await run(home, approved, "mv", str(home.root), str(tmp_path / "elsewhere"))

    assert [outcome.is_success for outcome in (*opened, writing, moving)] == [not is_confined] * 6


async def test_approved_command_works_in_every_workspace_and_beside_the_home(
    home: TenantHome, approved: CallScope, tmp_path: Path
) -> None:
    (tmp_path / "beside").mkdir()
    home.workspace("sales").mkdir()
    script = (
        f"mkdir a && echo hi > ../sales/b && cp ../sales/b {tmp_path}/beside/c && cat {tmp_path}/beside/c"
    )

    assert (await run(home, approved, "sh", "-c", script)).output == "hi\n"


@pytest.mark.slow
async def test_what_is_made_beside_the_way_later_is_there_for_the_next_call(
    home: TenantHome, approved: CallScope, tmp_path: Path
) -> None:
    is_confined = landlock_version() > 0
    making = await run(home, approved, "sh", "-c", f"echo x > {tmp_path}/new")
    (tmp_path / "new").write_text("by somebody else")

    assert making.is_success is not is_confined
    assert (await run(home, approved, "cat", str(tmp_path / "new"))).output == "by somebody else"


_PROBES = """
import ctypes, os, socket, sys
pid, name = int(sys.argv[1]), sys.argv[2]
def opens(path, flags=os.O_RDONLY):
    os.close(os.open(path, flags))
def traces():
    libc = ctypes.CDLL(None, use_errno=True)
    # PTRACE_SEIZE does not stop what it gets hold of, and ends with us.
    if libc.ptrace(0x4206, pid, None, None):
        raise OSError(ctypes.get_errno(), "")
def connects():
    socket.socket(socket.AF_UNIX).connect("\\0" + name)
for what, probe in {
    "environ": lambda: opens(f"/proc/{pid}/environ"), "memory": lambda: opens(f"/proc/{pid}/mem"),
    "root": lambda: os.listdir(f"/proc/{pid}/root"), "cwd": lambda: os.listdir(f"/proc/{pid}/cwd"),
    "fd": lambda: os.listdir(f"/proc/{pid}/fd") and os.readlink(f"/proc/{pid}/fd/0"), "trace": traces,
    "signal": lambda: os.kill(pid, 0), "socket": connects,
}.items():
    try:
        probe()
        print(what)
    except OSError:
        pass
"""


@pytest.fixture
def sleeper() -> Iterator[int]:
    """A process of the user that commands run as, which none of them has started."""
    user: dict[str, Any] = {} if WHO is None else {"user": WHO.uid, "group": WHO.gid, "extra_groups": []}
    with subprocess.Popen(["sleep", "60"], **user) as process:
        yield process.pid
        process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("identity", [WHO] if WHO is None else [WHO, None])
async def test_no_command_reaches_into_a_process_outside(
    reachable: TenantHome, scope: CallScope, approved: CallScope, sleeper: int, identity: Identity | None
) -> None:
    since = {"environ": 1, "memory": 1, "root": 1, "cwd": 1, "fd": 1, "trace": 1, "signal": 6, "socket": 6}
    name = f"letsbe-test-{secrets.token_hex(8)}"
    workspace = reachable.workspace("it-admin")
    probes = RunPipelines(((Command(("python3", "-c", _PROBES, str(sleeper), name)),),), cwd=workspace)
    shell = Shell(reachable, UndoStore.open(reachable), Limits(), identity=identity)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"\0{name}")
        listener.listen()
        for whose in (scope, approved):
            outcome = await shell.run(probes, workspace, whose)

            assert outcome.is_success, outcome.output
            assert outcome.output.split() == [
                what for what, version in since.items() if landlock_version() < version
            ]


async def test_no_command_reaches_into_its_warden(home: TenantHome, approved: CallScope) -> None:
    outcome = await run(home, approved, "sh", "-c", "head -c 0 /proc/$PPID/mem; kill -0 $PPID")

    assert outcome.is_success is (landlock_version() < 6)
    assert outcome.output.count("Permission denied") == (landlock_version() > 0)


async def test_approved_programs_for_the_server_keep_roots_rights(
    home: TenantHome, approved: CallScope, tmp_path: Path
) -> None:
    shell = Shell(home, UndoStore.open(home), Limits())
    workspace = home.workspace("it-admin")
    command = Command(("touch", str(tmp_path / "new")), needs_server=True)

    outcome = await shell.run(RunPipelines(((command,),), cwd=workspace), workspace, approved)

    assert outcome.is_success is (os.geteuid() == 0 or not landlock_version())

"""The second copy of a workspace: what no command line names can be put back, too."""

import os
from pathlib import Path

import pytest

from tenant_daemon.execution import CallScope, Limits, shadow
from tenant_daemon.execution.shadow import Shadow
from tenant_daemon.execution.shell import Shell
from tenant_daemon.execution.shell_changes import WorkspaceWatch
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.execution.undoing import Undoing
from tenant_daemon.home import TenantHome
from tenant_daemon.policy.actions import Command, RunPipelines

NOTHING = RunPipelines(((Command(("true",)),),), cwd=Path("/"))
_CHANGING = """
import os, pathlib
for path in ("deep/7.txt", "8.txt"):
    pathlib.Path(path).write_text("spoilt")
os.remove("9.txt")
os.rename("10.txt", "deep/ten.txt")
pathlib.Path("new.txt").write_text("new")
"""


@pytest.fixture
def watch(home: TenantHome, undo: UndoStore, workspace: Path, scope: CallScope) -> WorkspaceWatch:
    return WorkspaceWatch(undo, Shadow.of(home, "it-admin"), workspace, scope)


@pytest.fixture
def copies(home: TenantHome) -> Path:
    return home.root / "shadow/it-admin"


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
async def test_every_change_in_a_large_workspace_can_be_undone(
    home: TenantHome, undo: UndoStore, undoing: Undoing, workspace: Path, scope: CallScope
) -> None:
    (workspace / "deep").mkdir()
    for number in range(150):
        (workspace / ("deep" if number < 8 else "") / f"{number}.txt").write_text(f"{number}")
    (workspace / "8.txt").chmod(0o640)
    before = contents(workspace)
    action = RunPipelines(((Command(("python3", "-c", _CHANGING)),),), cwd=workspace)

    outcome = await Shell(home, undo, Limits()).run(action, workspace, scope)
    assert outcome.is_success, outcome.output
    changes = undo.all()

    assert contents(workspace) != before
    assert len(changes) == 5
    for change in changes:
        undoing.undo(change.id, "usr_1")
    assert contents(workspace) == before
    assert (workspace / "8.txt").stat().st_mode & 0o777 == 0o640


def test_only_what_was_changed_is_copied_again(watch: WorkspaceWatch, workspace: Path, copies: Path) -> None:
    for name in ("a", "b"):
        (workspace / name).write_text(name)
    watch.begin(NOTHING, [])
    watch.end()
    first = {path.read_text(): path.stat().st_ino for path in copies.iterdir()}
    (workspace / "b").write_text("other")

    watch.begin(NOTHING, [])
    watch.end()

    second = {path.read_text(): path.stat().st_ino for path in copies.iterdir()}
    assert (first.keys(), second.keys()) == ({"a", "b"}, {"a", "other"})
    assert first["a"] == second["a"]


@pytest.mark.parametrize("bound", ["MOST_BYTES", "_COPYING_SECONDS"])
def test_what_has_no_copy_is_said_to_have_none(
    bound: str, watch: WorkspaceWatch, undo: UndoStore, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "small").write_text("s")
    (workspace / "large").write_text("l" * 1_000)
    monkeypatch.setattr(shadow, bound, 500 if bound == "MOST_BYTES" else -1)
    watch.begin(NOTHING, [])
    for name in ("small", "large"):
        (workspace / name).write_text("spoilt")
    watch.end()

    can_undo = {change.path.name: change.can_undo for change in undo.all()}
    assert can_undo == {"small": bound == "MOST_BYTES", "large": False}


def test_copy_that_a_power_cut_left_short_is_no_copy(
    watch: WorkspaceWatch, undo: UndoStore, workspace: Path, copies: Path
) -> None:
    (workspace / "a").write_text("whole")
    watch.begin(NOTHING, [])
    (copy,) = (path for path in copies.iterdir() if not path.name.startswith("note-"))
    os.truncate(copy, 2)
    (workspace / "a").write_text("spoilt")
    watch.end()

    assert [change.can_undo for change in undo.all()] == [False]


def test_changes_of_a_call_that_was_cut_off_are_told_once(
    watch: WorkspaceWatch, home: TenantHome, undo: UndoStore, undoing: Undoing, workspace: Path, copies: Path
) -> None:
    for name in ("a", "named"):
        (workspace / name).write_text("before")
    named = RunPipelines(((Command(("tee", "named")),),), cwd=workspace)
    watch.begin(named, [])
    for name in ("a", "named", "new"):
        (workspace / name).write_text("after")
    (copies / "note-cut-off-itself").write_text('{"scope"')
    undo.recover()

    for _start in range(2):
        WorkspaceWatch.recover(undo, home)

    assert sorted(change.path.name for change in undo.all()) == ["a", "named", "new"]
    assert not list(copies.glob("note-*"))
    for change in undo.all():
        undoing.undo(change.id, "usr_1")
    assert contents(workspace) == {"a": "before", "named": "before"}


def test_call_that_begins_meanwhile_leaves_the_others_copies(
    home: TenantHome, undo: UndoStore, workspace: Path, scope: CallScope
) -> None:
    watches = [WorkspaceWatch(undo, Shadow.of(home, "it-admin"), workspace, scope) for _ in range(2)]
    (workspace / "a").write_text("one")
    watches[0].begin(NOTHING, [])
    (workspace / "a").write_text("two!")
    watches[1].begin(NOTHING, [])
    (workspace / "a").write_text("three")
    for watch in watches:
        watch.end()

    assert sorted(undo.content(change.id) for change in undo.all()) == [b"one", b"two!"]


def test_links_are_not_followed_into_a_copy(
    watch: WorkspaceWatch, workspace: Path, copies: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").write_text("x")
    (workspace / "link").symlink_to(tmp_path / "outside")

    watch.begin(NOTHING, [])

    assert [path.name.partition("-")[0] for path in copies.iterdir()] == ["note"]


@pytest.mark.slow
async def test_name_that_is_no_text_stops_no_call(
    home: TenantHome, undo: UndoStore, workspace: Path, scope: CallScope
) -> None:
    code = "open(b'caf\\xe9', 'a'); open('tea', 'a')"
    action = RunPipelines(((Command(("python3", "-c", code)),),), cwd=workspace)

    for _time in range(2):
        assert (await Shell(home, undo, Limits()).run(action, workspace, scope)).is_success

    assert [change.path.name for change in undo.all()] == ["tea"]

"""What agents change can be put back: once, as it was, and never over what somebody changed since."""

import os
import stat
from pathlib import Path

import pytest

from tenant_daemon.contracts.changes import ChangeKind
from tenant_daemon.execution import CallScope, Limits
from tenant_daemon.execution.env import EnvFiles
from tenant_daemon.execution.files import Files
from tenant_daemon.execution.shell import Shell
from tenant_daemon.execution.undo import Change, UndoStore
from tenant_daemon.execution.undoing import CannotUndo, ChangeNotFound, Undoing
from tenant_daemon.home import TenantHome
from tenant_daemon.policy.actions import (
    Command,
    DeletePath,
    MovePath,
    RunPipelines,
    UpdateEnv,
    WriteFile,
)


def newest(undo: UndoStore) -> Change:
    return undo.all()[0]


def test_overwritten_file_comes_back_with_its_permissions(
    files: Files, undo: UndoStore, undoing: Undoing, workspace: Path, scope: CallScope
) -> None:
    target = workspace / "run.sh"
    target.write_text("old")
    target.chmod(0o750)
    files.write(WriteFile(target, "new"), scope)

    undoing.undo(newest(undo).id, "usr_1")

    assert (target.read_text(), stat.S_IMODE(target.stat().st_mode)) == ("old", 0o750)


def test_new_file_goes_again_and_a_deleted_one_comes_back(
    files: Files, undo: UndoStore, undoing: Undoing, workspace: Path, scope: CallScope
) -> None:
    files.write(WriteFile(workspace / "new.txt", "x"), scope)
    (workspace / "sub").mkdir()
    (workspace / "sub/gone.txt").write_text("y")
    files.delete(DeletePath(workspace / "sub/gone.txt"), scope)
    (workspace / "sub").rmdir()

    deleted, created = undo.all()
    assert (deleted.kind, created.kind) == (ChangeKind.DELETED, ChangeKind.CREATED)
    undoing.undo(created.id, "usr_1")
    undoing.undo(deleted.id, "usr_1")

    assert not (workspace / "new.txt").exists()
    assert (workspace / "sub/gone.txt").read_text() == "y"


def test_moved_file_goes_back_and_what_it_replaced_as_well(
    files: Files, undo: UndoStore, undoing: Undoing, workspace: Path, scope: CallScope
) -> None:
    (workspace / "a").write_text("a")
    (workspace / "b").write_text("b")
    files.move(MovePath(workspace / "a", workspace / "b"), scope)

    undoing.undo(newest(undo).id, "usr_1")

    assert ((workspace / "a").read_text(), (workspace / "b").read_text()) == ("a", "b")


def test_setting_gets_its_old_value(
    files: Files, undo: UndoStore, undoing: Undoing, workspace: Path, scope: CallScope
) -> None:
    env = workspace / ".env"
    env.write_text("# shop\nPORT=80\nKEY='x'\n")
    EnvFiles(files).update(UpdateEnv(env, "PORT", "8080"), scope)
    change = newest(undo)

    undoing.undo(change.id, "usr_1")

    assert (change.kind, change.setting) == (ChangeKind.SETTING, "PORT")
    assert env.read_text() == "# shop\nPORT=80\nKEY='x'\n"


def test_file_that_was_changed_since_is_left_alone(
    files: Files, undo: UndoStore, undoing: Undoing, workspace: Path, scope: CallScope
) -> None:
    target = workspace / "a"
    target.write_text("one")
    files.write(WriteFile(target, "two"), scope)
    target.write_text("three, by the owner")

    with pytest.raises(CannotUndo, match="changed again since"):
        undoing.undo(newest(undo).id, "usr_1")
    assert target.read_text() == "three, by the owner"


def test_file_that_is_gone_since_comes_back_as_it_was_before(
    files: Files, undo: UndoStore, undoing: Undoing, workspace: Path, scope: CallScope
) -> None:
    target = workspace / "sub/plan.txt"
    files.write(WriteFile(target, "first"), scope)
    files.write(WriteFile(target, "second"), scope)
    change = newest(undo)
    target.unlink()
    target.parent.rmdir()

    undoing.undo(change.id, "usr_1")

    assert target.read_text() == "first"


def test_file_that_an_agent_took_away_comes_back_by_undoing_that_first(
    files: Files, undo: UndoStore, undoing: Undoing, workspace: Path, scope: CallScope
) -> None:
    for name in ("a.txt", "b.txt"):
        files.write(WriteFile(workspace / name, "first"), scope)
        files.write(WriteFile(workspace / name, "second"), scope)
    written = {change.path.name: change for change in reversed(undo.all())}
    files.delete(DeletePath(workspace / "a.txt"), scope)
    files.move(MovePath(workspace / "b.txt", workspace / "c.txt"), scope)

    for name in ("a.txt", "b.txt"):
        with pytest.raises(CannotUndo, match="Undo what came after it first"):
            undoing.undo(written[name].id, "usr_1")
    for change in undo.all()[:2]:
        undoing.undo(change.id, "usr_1")
    for name in ("a.txt", "b.txt"):
        assert (workspace / name).read_text() == "second"
        undoing.undo(written[name].id, "usr_1")
        assert (workspace / name).read_text() == "first"


def test_putting_back_is_a_change_that_can_be_undone(
    files: Files, undo: UndoStore, undoing: Undoing, workspace: Path, scope: CallScope
) -> None:
    target = workspace / "a"
    target.write_text("one")
    files.write(WriteFile(target, "two"), scope)
    first = newest(undo)
    undoing.undo(first.id, "usr_1")

    back = newest(undo)
    assert (back.undoes, back.made_by, back.agent_id) == (first.id, "usr_1", scope.agent_id)
    undoing.undo(back.id, "usr_1")

    assert target.read_text() == "two"


def test_twice_is_once_and_a_crash_in_between_is_noticed(
    files: Files, undo: UndoStore, undoing: Undoing, workspace: Path, scope: CallScope
) -> None:
    target = workspace / "a"
    target.write_text("one")
    files.write(WriteFile(target, "two"), scope)
    change = newest(undo)
    # As when the process dies between putting it back and noting that.
    target.write_text("one")

    undoing.undo(change.id, "usr_1")
    target.write_text("later")
    undoing.undo(change.id, "usr_1")

    assert target.read_text() == "later"
    assert len(undo.all()) == 1


def test_change_that_did_not_happen_is_not_listed(
    files: Files, undo: UndoStore, workspace: Path, scope: CallScope, home: TenantHome
) -> None:
    target = workspace / "a"
    target.write_text("same")

    files.write(WriteFile(target, "same"), scope)

    assert undo.all() == []
    assert list((home.root / "undo").iterdir()) == []


def test_link_put_in_the_way_is_not_followed(
    files: Files, undo: UndoStore, undoing: Undoing, workspace: Path, scope: CallScope, tmp_path: Path
) -> None:
    (workspace / "sub").mkdir()
    target = workspace / "sub/a"
    target.write_text("one")
    files.write(WriteFile(target, "two"), scope)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a").write_text("two")
    os.rename(workspace / "sub", workspace / "was")
    (workspace / "sub").symlink_to(outside)

    with pytest.raises(CannotUndo):
        undoing.undo(newest(undo).id, "usr_1")
    assert (outside / "a").read_text() == "two"


def test_what_a_crash_left_open_is_settled_at_the_next_start(
    undo: UndoStore, home: TenantHome, workspace: Path, scope: CallScope
) -> None:
    for name in ("done", "untouched"):
        (workspace / name).write_text("old")
        handle = os.open(workspace / name, os.O_RDONLY)
        undo.begin(workspace / name, ChangeKind.CHANGED, scope, handle=handle)
        os.close(handle)
    (workspace / "done").write_text("new")
    (home.root / "undo/left-behind").write_text("half a copy")

    again = UndoStore.open(home)

    (change,) = again.all()
    assert change.path == workspace / "done"
    assert [path.name for path in (home.root / "undo").iterdir()] == [change.id]
    Undoing(again, Files(again, Limits())).undo(change.id, "usr_1")
    assert (workspace / "done").read_text() == "old"


def test_unknown_change_is_not_found(undoing: Undoing) -> None:
    with pytest.raises(ChangeNotFound):
        undoing.undo("chg_0", "usr_1")


@pytest.mark.parametrize(
    ("argv", "there"),
    [
        (("sed", "-i", "s/old/new/", "notes"), {"notes": "old\n"}),
        (("cp", "notes", "copy"), {"notes": "old\n"}),
        (("cp", "notes", "other"), {"notes": "old\n", "other": "was\n"}),
        (("mv", "notes", "elsewhere"), {"notes": "old\n"}),
        (("mv", "notes", "other"), {"notes": "old\n", "other": "was\n"}),
        (("rm", "notes"), {"notes": "old\n"}),
        (("touch", "fresh"), {}),
        (("mkdir", "folder"), {}),
        (("truncate", "-s", "0", "notes"), {"notes": "old\n"}),
        (("python3", "-c", "open('sub/deep', 'w').write('y')"), {"sub/deep": "x\n"}),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "",
)
async def test_what_a_command_did_is_undone(
    argv: tuple[str, ...],
    there: dict[str, str],
    home: TenantHome,
    undo: UndoStore,
    undoing: Undoing,
    workspace: Path,
    scope: CallScope,
) -> None:
    for name, text in there.items():
        (workspace / name).parent.mkdir(exist_ok=True)
        (workspace / name).write_text(text)
    action = RunPipelines(((Command(argv),),), cwd=workspace)

    outcome = await Shell(home, undo, Limits()).run(action, workspace, scope)
    assert outcome.is_success, outcome.output
    changes = undo.all()
    assert changes
    for change in changes:
        undoing.undo(change.id, "usr_1")

    assert _files_in(workspace) == there
    assert not (workspace / "folder").exists()


async def test_reading_keeps_nothing(home: TenantHome, undo: UndoStore, workspace: Path) -> None:
    (workspace / "notes").write_text("x")
    scope = CallScope("it-admin", "agent:it-admin:c-1", "1", "call-1", is_reading=True)
    action = RunPipelines(((Command(("cat", "notes")),),), cwd=workspace)

    await Shell(home, undo, Limits()).run(action, workspace, scope)

    assert undo.all() == []
    assert not (home.root / "undo").exists()


def _files_in(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}

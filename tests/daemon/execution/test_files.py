"""Files: atomic, undoable, and no link put in the way is followed."""

import os
import stat
from pathlib import Path

import pytest

from tenant_daemon.execution import ActionFailed, CallScope, Limits
from tenant_daemon.execution.files import Files
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.policy.actions import DeletePath, ListFiles, MovePath, ReadFile, WriteFile


def test_written_file_is_read_back(files: Files, workspace: Path, scope: CallScope) -> None:
    target = workspace / "a/b/notes.txt"

    files.write(WriteFile(target, "héllo\n"), scope)

    assert files.read(ReadFile(target)).output == "héllo\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_overwriting_keeps_permissions_and_a_copy(
    files: Files, workspace: Path, scope: CallScope, undo: UndoStore
) -> None:
    target = workspace / "script.sh"
    target.write_text("old")
    target.chmod(0o750)

    files.write(WriteFile(target, "new"), scope)

    assert (target.read_text(), stat.S_IMODE(target.stat().st_mode)) == ("new", 0o750)
    (record,) = undo.all()
    assert (undo.content(record.id), record.call_id, record.kind) == (b"old", "call-1", "changed")
    assert [path.name for path in workspace.iterdir()] == ["script.sh"]


def test_a_file_of_a_tool_stays_the_tools(files: Files, workspace: Path, scope: CallScope) -> None:
    target = workspace / ".env"
    target.write_text("A=1")
    who = 54_321 if os.geteuid() == 0 else os.geteuid()
    os.chown(target, who, -1)

    files.write(WriteFile(target, "A=2"), scope)

    assert (target.read_text(), target.stat().st_uid) == ("A=2", who)


@pytest.mark.parametrize("place", ["link", "folder/file"])
def test_link_put_in_the_way_is_refused(
    files: Files, workspace: Path, scope: CallScope, tmp_path: Path, place: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("secret")
    (workspace / "link").symlink_to(outside / "file")
    (workspace / "folder").symlink_to(outside)

    with pytest.raises(ActionFailed):
        files.read(ReadFile(workspace / place))
    with pytest.raises(ActionFailed):
        files.write(WriteFile(workspace / place, "x"), scope)
    assert (outside / "file").read_text() == "secret"


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null"])
def test_devices_are_refused(files: Files, scope: CallScope, path: str) -> None:
    with pytest.raises(ActionFailed, match="ordinary"):
        files.read(ReadFile(Path(path)))
    with pytest.raises(ActionFailed, match="ordinary"):
        files.write(WriteFile(Path(path), "x"), scope)


def test_pipe_does_not_block(files: Files, workspace: Path) -> None:
    os.mkfifo(workspace / "pipe")

    with pytest.raises(ActionFailed, match="ordinary"):
        files.read(ReadFile(workspace / "pipe"))


def test_large_and_binary_files_are_said_to_be_so(workspace: Path, undo: UndoStore) -> None:
    (workspace / "log").write_text("line\n" * 1_000)
    (workspace / "image").write_bytes(b"\x89PNG\0\0\0")
    files = Files(undo, Limits(read_bytes=103))

    assert files.read(ReadFile(workspace / "log")).output.endswith("[... cut after 100 of 5000 bytes]")
    assert files.read(ReadFile(workspace / "image")).output == "image is not a text file (7 bytes)."


def test_listing_tells_kinds(files: Files, workspace: Path) -> None:
    (workspace / "sub").mkdir()
    (workspace / "a.txt").write_text("12345")
    (workspace / "l").symlink_to("a.txt")

    lines = files.list(ListFiles(workspace)).output.splitlines()

    assert [line.split("  ")[:2] for line in lines] == [
        ["a.txt", "5 bytes"],
        ["l", "link"],
        ["sub/", "folder"],
    ]


def test_moving_replaces_files_with_a_copy_kept_and_never_folders(
    files: Files, workspace: Path, scope: CallScope, undo: UndoStore
) -> None:
    (workspace / "a").write_text("a")
    (workspace / "b").write_text("b")
    (workspace / "folder").mkdir()

    files.move(MovePath(workspace / "a", workspace / "b"), scope)

    assert (workspace / "b").read_text() == "a"
    assert undo.content(undo.all()[0].id) == b"b"
    with pytest.raises(ActionFailed):
        files.move(MovePath(workspace / "b", workspace / "folder"), scope)


def test_deleting_a_file_keeps_a_copy_and_a_link_is_deleted_itself(
    files: Files, workspace: Path, scope: CallScope, undo: UndoStore, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_text("stays")
    (workspace / "file").write_text("x")
    (workspace / "tree").mkdir()
    (workspace / "tree/link").symlink_to(tmp_path / "outside")

    files.delete(DeletePath(workspace / "file"), scope)
    files.delete(DeletePath(workspace / "tree"), scope)

    assert list(workspace.iterdir()) == []
    assert undo.content(undo.all()[0].id) == b"x"
    assert (tmp_path / "outside/file").read_text() == "stays"

"""Files and their copies after a kill at every write: the old or the new is there, and a way back."""

from pathlib import Path

import pytest

from tenant_daemon.execution import CallScope, Limits
from tenant_daemon.execution.env import EnvFiles
from tenant_daemon.execution.files import Files
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.execution.undoing import Undoing
from tenant_daemon.home import TenantHome
from tenant_daemon.policy.actions import DeletePath, MovePath, UpdateEnv, WriteFile
from tests.support.power_cut import cut_everywhere

SCOPE = CallScope("it-admin", "agent:it-admin:c-1", "1", "call-1")
BEFORE = {"a": "old a", "b": "old b", ".env": "PORT=80\n"}


@pytest.fixture(autouse=True)
def quick_disk() -> None:
    """Not here: before a sync, too, the power can go."""


def prepared(folder: Path) -> Path:
    home = TenantHome(folder / "template")
    home.create()
    home.workspace("it-admin").mkdir()
    UndoStore.open(home).close()
    for name, text in BEFORE.items():
        (home.workspace("it-admin") / name).write_text(text)
    return home.root


def opened(root: Path) -> tuple[UndoStore, Files, Path]:
    home = TenantHome(root)
    undo = UndoStore.open(home)
    return undo, Files(undo, Limits()), home.workspace("it-admin")


def state(workspace: Path) -> dict[str, str]:
    """Every file but drafts, which are named so that nobody takes them for the file."""
    return {
        path.name: path.read_text()
        for path in workspace.iterdir()
        if not (path.name.startswith(".") and path.name.endswith(".tmp"))
    }


OPERATIONS = {
    "write": (lambda files, at: files.write(WriteFile(at / "a", "new a"), SCOPE), {"a": "new a"}),
    "create": (lambda files, at: files.write(WriteFile(at / "c", "new c"), SCOPE), {"c": "new c"}),
    "setting": (
        lambda files, at: EnvFiles(files).update(UpdateEnv(at / ".env", "PORT", "81"), SCOPE),
        {".env": "PORT=81\n"},
    ),
    "move": (lambda files, at: files.move(MovePath(at / "a", at / "b"), SCOPE), {"a": None, "b": "old a"}),
    "delete": (lambda files, at: files.delete(DeletePath(at / "a"), SCOPE), {"a": None}),
}


QUICKLY = {"move"}
SLOWLY = [
    pytest.param(name, marks=() if name in QUICKLY else pytest.mark.flow, id=name) for name in OPERATIONS
]
"""All of them take a minute on a busy machine; one is looked at each time."""


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOWLY)
def test_change_is_done_or_not_and_can_be_undone(tmp_path: Path, name: str) -> None:
    change, difference = OPERATIONS[name]
    after = {path: text for path, text in {**BEFORE, **difference}.items() if text is not None}

    def operate(root: Path) -> None:
        _undo, files, workspace = opened(root)
        change(files, workspace)

    def check(root: Path, is_done: bool) -> None:
        undo, files, workspace = opened(root)
        found = state(workspace)
        assert found == after if is_done else found in (BEFORE, after)
        changes = undo.all()
        assert len(changes) == (1 if found == after else 0)
        copies = {path.name for path in (root / "undo").glob("*")}
        assert copies == {one.id for one in changes if one.copy_bytes is not None}
        for one in changes:
            Undoing(undo, files).undo(one.id, "usr_1")
            assert state(workspace) == BEFORE
        undo.close()

    assert cut_everywhere(prepared(tmp_path), tmp_path, operate, check) > 5


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOWLY)
def test_putting_back_is_done_or_goes_on(tmp_path: Path, name: str) -> None:
    change, _difference = OPERATIONS[name]
    home = prepared(tmp_path)
    undo, files, workspace = opened(home)
    change(files, workspace)
    [made] = undo.all()
    undo.close()
    # Rows name files by their whole path, so that every copy is looked at in the place of the first.
    template = home.rename(tmp_path / "kept")

    def operate(copy: Path) -> None:
        copy.rename(home)
        undo, files, _workspace = opened(home)
        Undoing(undo, files).undo(made.id, "usr_1")

    def check(copy: Path, is_done: bool) -> None:
        if not home.exists():
            copy.rename(home)
        undo, files, workspace = opened(home)
        if is_done:
            assert state(workspace) == BEFORE
        Undoing(undo, files).undo(made.id, "usr_1")
        assert state(workspace) == BEFORE
        assert [one.is_undone for one in undo.all() if one.id == made.id] == [True]
        undo.close()
        home.rename(copy)

    assert cut_everywhere(template, tmp_path, operate, check) > 5

"""A home with a workspace, and the call on whose behalf things run."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenant_daemon.execution import CallScope, Limits
from tenant_daemon.execution.files import Files
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.execution.undoing import Undoing
from tenant_daemon.home import TenantHome


@pytest.fixture
def home(tmp_path: Path) -> TenantHome:
    home = TenantHome(tmp_path.resolve() / "home")
    home.create()
    home.workspace("it-admin").mkdir()
    return home


@pytest.fixture
def reachable() -> Iterator[TenantHome]:
    """A home that others can get to: pytest's own folders are for its user alone."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        home = TenantHome(Path(folder).resolve() / "home")
        home.create()
        home.workspace("it-admin").mkdir()
        yield home


@pytest.fixture
def workspace(home: TenantHome) -> Path:
    return home.workspace("it-admin")


@pytest.fixture
def scope() -> CallScope:
    return CallScope("it-admin", "agent:it-admin:c-conv1", "conv1", "call-1")


@pytest.fixture
def undo(home: TenantHome) -> UndoStore:
    return UndoStore.open(home)


@pytest.fixture
def files(undo: UndoStore) -> Files:
    return Files(undo, Limits())


@pytest.fixture
def undoing(undo: UndoStore, files: Files) -> Undoing:
    return Undoing(undo, files)

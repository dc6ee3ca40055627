"""A home with a workspace, and the call on whose behalf things run."""

from pathlib import Path

import pytest

from tenant_daemon.execution import CallScope, Limits
from tenant_daemon.execution.files import Files
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.home import TenantHome


@pytest.fixture
def home(tmp_path: Path) -> TenantHome:
    home = TenantHome(tmp_path.resolve() / "home")
    home.create()
    home.workspace("it-admin").mkdir()
    return home


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

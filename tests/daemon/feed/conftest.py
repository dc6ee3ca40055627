"""The daemon's side of a feed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tenant_daemon.feed.door import FeedDoor
from tenant_daemon.feed.opening import open_feed
from tenant_daemon.home import TenantHome
from tenant_daemon.vault import Vault
from tests.support.feed import CONFIG, SETTINGS, Visitor


@pytest.fixture
def home(tmp_path: Path) -> TenantHome:
    home = TenantHome(tmp_path / "home")
    home.create()
    home.config_file.write_text(CONFIG.model_dump_json())
    return home


@pytest.fixture
def vault(home: TenantHome) -> Vault:
    vault = Vault.open(home)
    vault.put("shop-key", "gT7-quartz-Lamp-42", actor="user:usr_1")
    vault.put("model-upstream-key", "upstream-Key-4711-abcdef", actor="user:usr_1")
    return vault


@pytest.fixture
def door(home: TenantHome, vault: Vault) -> Iterator[FeedDoor]:
    with open_feed(home, SETTINGS, vault) as opened:
        yield opened


@pytest.fixture
def visit(home: TenantHome, door: FeedDoor) -> Iterator[Callable[[], Visitor]]:
    """Connects a visitor, as often as called."""
    with ExitStack() as stack:

        def connected() -> Visitor:
            visitor = Visitor(home)
            stack.callback(visitor.close)
            return visitor

        yield connected

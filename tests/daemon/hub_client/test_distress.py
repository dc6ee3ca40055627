"""What a server says when its vault is locked."""

import errno
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tenant_daemon.contracts.distress import DiskTrouble, Distress, VaultTrouble
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.distress import call_for_help, keep_token, plight_of
from tenant_daemon.hub_client.enrolment import Enrolled
from tenant_daemon.hub_client.hub_key import HubKey
from tenant_daemon.hub_client.settings_file import write_settings
from tenant_daemon.kit.private_file import write_private
from tenant_daemon.settings import HUB_KEY_SECRET, TenantSettings
from tenant_daemon.vault import Vault, VaultLocked

API_KEY = "lbt_" + "k" * 40
PATH = "/api/v1/tenant/distress"


class Hub:
    """Takes what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Distress]] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                hub.told.append((self.path, Distress.model_validate_json(body)))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.link_url = f"ws://127.0.0.1:{self.server.server_port}/api/v1/tenant/link"


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub()
    threading.Thread(target=hub.server.serve_forever, daemon=True).start()
    yield hub
    hub.server.shutdown()
    hub.server.server_close()


@pytest.fixture
def home(tmp_path: Path, hub: Hub) -> TenantHome:
    """An enrolled server that has opened its link once."""
    home = TenantHome(tmp_path / "home")
    home.create()
    vault = Vault.open(home)
    vault.put(HUB_KEY_SECRET, API_KEY, actor="daemon:test")
    HubKey(vault, hub.link_url, lambda key: keep_token(home, key)).current()
    vault.close()
    write_settings(home, TenantSettings(tenant_name="t", hub_url="http://127.0.0.1:1"))
    write_private(home.enrolment_file, Enrolled(tenant_id="ten_1", link_url=hub.link_url).model_dump_json())
    return home


@pytest.mark.slow
@pytest.mark.parametrize("part", ["run", "link"])
def test_locked_vault_is_told_with_a_token_that_opens_nothing_else(
    home: TenantHome, hub: Hub, part: str
) -> None:
    home.vault_db.write_bytes(b"not a database")
    for leftover in home.root.glob("vault.db-*"):
        leftover.unlink()
    command = [sys.executable, "-m", "tenant_daemon", part, "--home", str(home.root)]
    assert subprocess.run(command, check=False, timeout=60, stdin=subprocess.DEVNULL).returncode == 1
    [(path, said)] = hub.told
    assert (path, said.tenant_id, said.trouble) == (PATH, "ten_1", VaultTrouble.UNREADABLE)
    file = home.keys_dir / "distress.token"
    assert (file.read_text(), file.stat().st_mode & 0o777) == (said.token, 0o600)
    assert API_KEY not in said.model_dump_json()


@pytest.mark.parametrize(
    ("harm", "trouble"),
    [
        (lambda home: (home.keys_dir / "vault.key").unlink(), VaultTrouble.KEY),
        (lambda home: (home.keys_dir / "vault.key").chmod(0o644), VaultTrouble.KEY),
        (lambda home: (home.keys_dir / "vault.key").write_text("letsbe"), VaultTrouble.KEY),
    ],
)
def test_each_reason_has_its_word(home: TenantHome, harm: object, trouble: VaultTrouble) -> None:
    assert callable(harm)
    harm(home)
    with pytest.raises(VaultLocked) as locked:
        Vault.open(home)
    assert locked.value.trouble is trouble


def test_key_behind_its_passphrase_has_a_word_of_its_own(home: TenantHome) -> None:
    vault = Vault.open(home)
    vault.keys.set_passphrase("correct horse battery")
    vault.keys.lock()
    vault.close()
    with pytest.raises(VaultLocked) as locked:
        Vault.open(home)
    assert locked.value.trouble is VaultTrouble.SEALED


def test_whoever_has_no_token_yet_or_no_hub_says_nothing(home: TenantHome, hub: Hub) -> None:
    hub.server.shutdown()
    hub.server.server_close()
    assert not call_for_help(home, VaultTrouble.CHANGED)
    (home.keys_dir / "distress.token").unlink()
    assert not call_for_help(home, VaultTrouble.CHANGED)
    assert hub.told == []


def sqlite_is_full() -> sqlite3.Error:
    """What SQLite raises when it gets no more room."""
    db = sqlite3.connect(":memory:")
    db.execute("PRAGMA max_page_count=1")
    with pytest.raises(sqlite3.Error) as full:
        db.execute("CREATE TABLE t (x)")
    db.close()
    return full.value


@pytest.mark.parametrize(
    "failure",
    [
        sqlite_is_full(),
        OSError(errno.ENOSPC, "No space left on device"),
        ExceptionGroup("tasks", [ExceptionGroup("inner", [OSError(errno.EDQUOT, "Quota")]), ValueError("x")]),
    ],
)
def test_full_disk_is_told_whatever_failed_for_it(home: TenantHome, hub: Hub, failure: Exception) -> None:
    plight = plight_of(home, failure)
    assert plight
    assert plight.trouble is DiskTrouble.FULL
    assert call_for_help(home, plight.trouble)
    [(_, said)] = hub.told
    assert (said.trouble, said.part) == (DiskTrouble.FULL, "disk")


def test_vault_that_cannot_be_opened_for_a_full_disk_is_not_called_broken(
    home: TenantHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = VaultLocked("cannot be read", VaultTrouble.UNREADABLE)
    found = plight_of(home, ExceptionGroup("tasks", [locked]))
    assert found
    assert (found.trouble, found.words) == (VaultTrouble.UNREADABLE, "cannot be read")
    assert plight_of(home, ExceptionGroup("tasks", [locked, ValueError("another")])) is None
    assert plight_of(home, ValueError("another")) is None
    monkeypatch.setattr("tenant_daemon.hub_client.distress.is_full", lambda _place: True)
    found = plight_of(home, locked)
    assert found
    assert found.trouble is DiskTrouble.FULL

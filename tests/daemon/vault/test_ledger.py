"""Tampering that the newer manifest notices, and files of the older one."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from tenant_daemon.home import TenantHome
from tenant_daemon.vault import Vault, VaultLocked, store
from tenant_daemon.vault.cipher import Cipher


@pytest.fixture
def home(tmp_path: Path) -> TenantHome:
    home = TenantHome(tmp_path / "home")
    vault = Vault.open(home)
    vault.put("shop-key", "gT7-quartz-Lamp-42", actor="user:owner", note="the shop")
    vault.close()
    return home


def edit(home: TenantHome, *statements: str) -> None:
    connection = sqlite3.connect(home.vault_db)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET actor = 'user:nobody'",
        "DELETE FROM history",
        "UPDATE secrets SET note = 'another shop'",
        "UPDATE secrets SET kind = 'canary'",
        "INSERT INTO staged VALUES ('shop-key', 1, 'user:nobody')",
        "UPDATE state SET key_id = ''",
        "UPDATE state SET form = 1",
    ],
)
def test_everything_is_signed(home: TenantHome, statement: str) -> None:
    edit(home, statement)

    with pytest.raises(VaultLocked):
        Vault.open(home)


def test_what_is_not_signed_cannot_be_anything_either(home: TenantHome) -> None:
    vault = Vault.open(home)
    vault.get("shop-key", actor="agent:sales", purpose="call c-1")
    edit(home, "UPDATE uses SET at = '2026-1p-22'")

    with pytest.raises(VaultLocked):
        vault.list()


def test_older_copy_of_the_file_is_noticed(home: TenantHome, tmp_path: Path) -> None:
    shutil.copy(home.vault_db, tmp_path / "older")
    vault = Vault.open(home)
    vault.put("shop-key", "another-Value-1", actor="user:owner")
    vault.close()

    home.vault_db.unlink()
    shutil.copy(tmp_path / "older", home.vault_db)

    with pytest.raises(VaultLocked, match="older copy"):
        Vault.open(home)


def test_change_by_another_process_while_this_one_reads_is_no_older_copy(
    home: TenantHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = Vault.open(home), Vault.open(home)
    writer.put("shop-key", "another-Value-1", actor="user:owner")
    lines = store.manifest_lines

    def changed_meanwhile(db: sqlite3.Connection, version: int, key_id: str) -> list[str]:
        monkeypatch.setattr(store, "manifest_lines", lines)
        writer.put("shop-key", "another-Value-2", actor="user:owner")
        return lines(db, version, key_id)

    monkeypatch.setattr(store, "manifest_lines", changed_meanwhile)
    assert ("shop-key", "another-Value-1") in reader.known_secrets()
    assert ("shop-key", "another-Value-2") in reader.known_secrets()


def test_file_of_the_first_form_is_taken_over(home: TenantHome) -> None:
    """As the version before this one left it: fewer columns, a manifest over the versions alone."""
    vault = Vault.open(home)
    cipher = Cipher(vault.keys.read()[0])
    with vault.rewriting() as page:
        manifest = cipher.sign(store.old_manifest_lines(page.db, 1))
    vault.close()
    edit(
        home,
        "DROP TABLE staged",
        "DROP TABLE uses",
        "ALTER TABLE secrets DROP COLUMN kind",
        "ALTER TABLE state DROP COLUMN key_id",
        "ALTER TABLE state DROP COLUMN form",
        f"UPDATE state SET version = 1, manifest = '{manifest}'",
    )
    (home.keys_dir / "vault.counter").unlink()

    opened = Vault.open(home)

    assert opened.get("shop-key", actor="user:owner", purpose="a test") == "gT7-quartz-Lamp-42"
    assert [info.note for info in Vault.open(home).list()] == ["the shop"]


def test_who_used_it_last_is_remembered(home: TenantHome) -> None:
    vault = Vault.open(home)
    before = vault.version()
    vault.get("shop-key", actor="agent:sales", purpose="call c-1")

    (info,) = vault.list()
    assert (info.used_by, vault.version()) == ("agent:sales", before)
    assert info.used_at is not None

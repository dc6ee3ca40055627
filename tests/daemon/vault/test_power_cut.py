"""``kill -9`` before every single write leaves the old state or the new one, and a vault that works on."""

from pathlib import Path

import pytest

from tenant_daemon.home import TenantHome
from tenant_daemon.kit.database import Database
from tenant_daemon.vault import SecretNotFound, Vault
from tenant_daemon.vault.backup import make_backup, restore_backup
from tenant_daemon.vault.rekeying import change_key
from tests.support.power_cut import cut_everywhere, unsynced_after

OLD = "the-Old-Value-1"
OLD_STATE = (OLD, "mail-key", "shop-key")
NEW_VALUES = {
    "put": "the-New-Value-2",
    "delete": "",
    "rekey": OLD,
    "rotate": None,
    "restore": "the-Backup-Value-0",
}
"""None for one that the vault thinks up."""


@pytest.fixture(autouse=True)
def quick_disk() -> None:
    """Not here: before a sync, too, the power can go."""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    root = tmp_path / "home"
    vault = Vault.open(TenantHome(root))
    vault.put("shop-key", "the-Backup-Value-0", actor="user:test")
    (root / "backup").write_text(make_backup(vault, "a long passphrase", actor="user:test"), "ascii")
    vault.put("shop-key", OLD, actor="user:test")
    vault.put("mail-key", "another-Value-7", actor="user:test")
    vault.close()
    return root


def operate(operation: str, root: Path, *, is_closed: bool = True) -> None:
    """What is to be cut off."""
    vault = Vault.open(TenantHome(root))
    match operation:
        case "put":
            vault.put("shop-key", "the-New-Value-2", actor="user:test")
        case "delete":
            vault.delete("shop-key", actor="user:test")
        case "rekey":
            change_key(vault, actor="user:test")
        case "rotate":
            vault.stage("shop-key", length=20, actor="user:test")
            vault.promote("shop-key", actor="user:test")
        case "restore":
            text = (root / "backup").read_text("ascii")
            restore_backup(vault, text, "a long passphrase", actor="user:test")
    if is_closed:
        vault.close()


def state_of(root: Path) -> tuple[str, ...]:
    """What the vault gives after the cut; it must open, read and write."""
    vault = Vault.open(TenantHome(root))
    try:
        value = vault.get("shop-key", actor="user:test", purpose="test")
    except SecretNotFound:
        value = ""
    names = [info.name for info in vault.list()]
    vault.put("fresh-key", "a-Fresh-Value-9", actor="user:test")
    assert vault.get("fresh-key", actor="user:test", purpose="test") == "a-Fresh-Value-9"
    vault.close()
    return (value, *names)


@pytest.mark.flow
@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("operation", NEW_VALUES)
def test_a_cut_leaves_the_old_or_the_new_state(operation: str, template: Path, tmp_path: Path) -> None:
    states: list[tuple[str, ...]] = []

    cuts = cut_everywhere(
        template,
        tmp_path,
        lambda home: operate(operation, home),
        lambda home, _is_done: states.append(state_of(home)),
    )

    *cut, last = states
    assert cuts > 15
    assert OLD_STATE in cut
    if NEW_VALUES[operation] is None:
        assert {state[1:] for state in cut} == {OLD_STATE[1:]}
        assert last[0] != OLD
    else:
        assert set(cut) <= {OLD_STATE, last}
        assert last[0] == NEW_VALUES[operation]


@pytest.mark.parametrize("operation", ["put", "delete", "rotate", "rekey"])
def test_what_was_stored_is_on_the_disk_when_that_returns(template: Path, operation: str) -> None:
    # Not closed: that would sync what the operation did not.
    left = unsynced_after(lambda: operate(operation, template, is_closed=False))
    # The notice counts for processes that run, and SQLite makes its index anew.
    assert {name for name in left if not name.endswith("-shm")} <= {"notice"}


def test_a_vault_that_did_not_wait_for_the_disk_would_be_noticed(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = Database._prepare

    def hasty(self: Database, tables: str) -> None:
        prepare(self, tables)
        self._connection.execute("PRAGMA synchronous=NORMAL")

    monkeypatch.setattr(Database, "_prepare", hasty)
    assert "vault.db-wal" in unsynced_after(lambda: operate("put", template, is_closed=False))

"""The vault: keeps values, gives them to those who may have them, and notices tampering."""

import json
import sqlite3
import stat
from pathlib import Path

import pytest

from tenant_daemon.audit import AuditTrail, AuditUnavailable
from tenant_daemon.home import TenantHome
from tenant_daemon.vault import SecretNotFound, UnfitSecret, Vault, VaultLocked

VALUE = "gT7-quartz-Lamp-42"
USER = "user:owner"


@pytest.fixture
def home(tmp_path: Path) -> TenantHome:
    return TenantHome(tmp_path / "home")


@pytest.fixture
def vault(home: TenantHome) -> Vault:
    return Vault.open(home)


def edit(home: TenantHome, statement: str) -> None:
    connection = sqlite3.connect(home.vault_db)
    connection.execute(statement)
    connection.commit()
    connection.close()


def get(vault: Vault, name: str, actor: str = "agent:sales") -> str:
    return vault.get(name, actor=actor, purpose="a test")


def test_value_comes_back_in_another_process_too(vault: Vault, home: TenantHome) -> None:
    vault.put("shop-key", VALUE, actor=USER, note="the shop")

    assert get(Vault.open(home), "shop-key") == VALUE


def test_nothing_on_the_disk_holds_the_value(vault: Vault, home: TenantHome) -> None:
    vault.put("shop-key", VALUE, actor=USER)
    get(vault, "shop-key")

    for path in home.root.rglob("*"):
        if path.is_file():
            assert VALUE.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("first_note", ["", f"from May on {VALUE}"])
def test_no_note_tells_the_value(vault: Vault, home: TenantHome, first_note: str) -> None:
    vault.put("shop-key", "Winter-Hedge-19x", actor=USER, note=first_note)

    with pytest.raises(UnfitSecret, match="note shows"):
        vault.put("shop-key", VALUE, actor=USER, note="" if first_note else f"it is {VALUE}")

    assert get(vault, "shop-key") == "Winter-Hedge-19x"


def test_files_are_for_their_user_alone(vault: Vault, home: TenantHome) -> None:
    for path in (home.vault_db, home.keys_dir / "vault.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    vault.close()
    home.vault_db.chmod(0o644)
    Vault.open(home)
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.root.glob("vault.db*")} == {0o600}


def test_every_read_is_audited_before_the_value_is_given(vault: Vault, home: TenantHome) -> None:
    vault.put("shop-key", VALUE, actor=USER)
    vault.get("shop-key", actor="agent:sales", purpose="call c-1")

    records = [entry.record for entry in AuditTrail.open(home).entries()]
    assert [(r.event, r.actor, r.subject, r.summary) for r in records] == [
        ("secret.stored", USER, "shop-key", "version 1"),
        ("secret.read", "agent:sales", "shop-key", "call c-1"),
    ]
    assert VALUE not in json.dumps([record.model_dump(mode="json") for record in records])


def test_without_audit_nothing_is_given_out_or_changed(vault: Vault, home: TenantHome) -> None:
    vault.put("shop-key", VALUE, actor=USER)
    lock = sqlite3.connect(home.audit_db, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    with vault._audit._database.reading() as connection:
        connection.execute("PRAGMA busy_timeout = 10")

    with pytest.raises(AuditUnavailable):
        get(vault, "shop-key")
    with pytest.raises(AuditUnavailable):
        vault.put("shop-key", "another-Value-1", actor=USER)
    lock.close()
    assert get(vault, "shop-key") == VALUE


def test_new_value_is_a_new_version_and_the_same_value_is_not(vault: Vault) -> None:
    first = vault.put("shop-key", VALUE, actor=USER, note="the shop")
    assert vault.put("shop-key", VALUE, actor=USER) == first

    second = vault.put("shop-key", "another-Value-1", actor="user:other")

    assert (second.version, second.note, second.changed_by) == (2, "the shop", "user:other")
    assert second.fingerprint != first.fingerprint
    assert get(vault, "shop-key") == "another-Value-1"


def test_replaced_values_are_still_known_for_redaction(vault: Vault) -> None:
    vault.put("shop-key", VALUE, actor=USER)
    vault.put("shop-key", "another-Value-1", actor=USER)

    assert vault.known_secrets() == [("shop-key", "another-Value-1"), ("shop-key", VALUE)]


def test_only_the_newest_ten_values_are_kept(vault: Vault) -> None:
    for number in range(12):
        vault.put("shop-key", f"value-Number-{number}", actor=USER)

    assert len(vault.known_secrets()) == 10
    assert len(vault.history("shop-key")) == 12


def test_version_changes_with_changes_of_any_process_and_not_with_reads(
    vault: Vault, home: TenantHome
) -> None:
    other = Vault.open(home)
    before = vault.version()
    other.put("shop-key", VALUE, actor=USER)
    after = vault.version()
    get(vault, "shop-key")
    vault.list()

    assert before < after == vault.version()


def test_generated_value_is_long_and_never_shown(vault: Vault) -> None:
    info = vault.generate("shop-key", length=40, actor="agent:it-admin")

    assert len(get(vault, "shop-key")) == 40
    assert get(vault, "shop-key") not in repr(info)


def test_deleted_secret_is_gone_and_its_versions_go_on_counting(vault: Vault) -> None:
    vault.put("shop-key", VALUE, actor=USER)
    vault.delete("shop-key", actor=USER)

    with pytest.raises(SecretNotFound):
        get(vault, "shop-key")
    assert vault.known_secrets() == []
    assert vault.put("shop-key", VALUE, actor=USER).version == 2
    assert [change.change for change in vault.history("shop-key")] == ["stored", "deleted", "stored"]


def test_agents_cannot_use_the_daemons_own_secrets(vault: Vault) -> None:
    vault.put("hub-api-key", VALUE, actor="daemon:link")

    with pytest.raises(SecretNotFound):
        get(vault, "hub-api-key")
    with pytest.raises(UnfitSecret):
        vault.generate("model-upstream-key", actor="agent:it-admin")
    assert get(vault, "hub-api-key", actor="daemon:link") == VALUE


@pytest.mark.parametrize("name", ["", "a", "Shop", "1shop", "shop_key", "s" * 64, "shop\n", "shop key"])
def test_odd_names_are_refused(vault: Vault, name: str) -> None:
    with pytest.raises(UnfitSecret):
        vault.put(name, VALUE, actor=USER)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sealed_values SET sealed = zeroblob(60)",
        "UPDATE sealed_values SET sealed = (SELECT sealed FROM sealed_values WHERE name = 'two')",
        "DELETE FROM sealed_values WHERE name = 'two'",
        "DELETE FROM secrets WHERE name = 'two'",
        "UPDATE secrets SET version = 1 WHERE name = 'one'",
        "UPDATE state SET version = version + 1",
        "DELETE FROM state",
    ],
)
def test_tampering_locks_the_vault(vault: Vault, home: TenantHome, statement: str) -> None:
    vault.put("one", VALUE, actor=USER)
    vault.put("one", "another-Value-1", actor=USER)
    vault.put("two", "third-Value-1", actor=USER)

    edit(home, statement)

    with pytest.raises(VaultLocked):
        vault.known_secrets()
    with pytest.raises(VaultLocked):
        Vault.open(home).known_secrets()


def test_missing_key_locks_instead_of_making_a_new_one(vault: Vault, home: TenantHome) -> None:
    vault.put("shop-key", VALUE, actor=USER)
    (home.keys_dir / "vault.key").unlink()

    with pytest.raises(VaultLocked):
        Vault.open(home)
    assert not (home.keys_dir / "vault.key").exists()


def test_foreign_key_file_locks(vault: Vault, home: TenantHome, tmp_path: Path) -> None:
    vault.put("shop-key", VALUE, actor=USER)
    Vault.open(TenantHome(tmp_path / "other"))
    (tmp_path / "other/keys/vault.key").rename(home.keys_dir / "vault.key")

    with pytest.raises(VaultLocked):
        Vault.open(home)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_key_that_others_can_read_locks(vault: Vault, home: TenantHome, mode: int) -> None:
    (home.keys_dir / "vault.key").chmod(mode)

    with pytest.raises(VaultLocked, match="chmod 600"):
        Vault.open(home)

"""Backups: nothing readable without the passphrase, everything back with it."""

from pathlib import Path

import pytest

from tenant_daemon.home import TenantHome
from tenant_daemon.vault import Vault
from tenant_daemon.vault.backup import make_backup, restore_backup
from tenant_daemon.vault.errors import BadBackup

PASSPHRASE = "a bakery opens at five"
USER = "user:owner"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    vault = Vault.open(TenantHome(tmp_path / "home"))
    vault.put("shop-key", "an-Older-Value-1", actor=USER, note="the shop")
    vault.put("shop-key", "gT7-quartz-Lamp-42", actor=USER)
    vault.put("hub-api-key", "hub-Key-Of-The-Old-1", actor="daemon:enrol")
    return vault


def test_backup_comes_back_on_another_server(vault: Vault, tmp_path: Path) -> None:
    text = make_backup(vault, PASSPHRASE, actor=USER)
    other = Vault.open(TenantHome(tmp_path / "other"))
    other.put("hub-api-key", "hub-Key-Of-The-New-2", actor="daemon:enrol")
    other.put("left-over", "something-Else-3", actor=USER)

    assert restore_backup(other, text, PASSPHRASE, actor=USER) == 2

    assert other.known_secrets() == [
        ("hub-api-key", "hub-Key-Of-The-New-2"),
        ("shop-key", "gT7-quartz-Lamp-42"),
        ("shop-key", "an-Older-Value-1"),
    ]
    assert [change.change for change in other.history("shop-key")] == ["stored", "stored"]
    (info,) = [one for one in other.list() if one.name == "shop-key"]
    assert (info.note, info.version) == ("the shop", 2)
    # The same value is recognised under the other server's key.
    assert other.put("shop-key", "gT7-quartz-Lamp-42", actor=USER).version == 2


def test_nothing_can_be_read_or_changed_without_the_passphrase(vault: Vault) -> None:
    text = make_backup(vault, PASSPHRASE, actor=USER)
    head, _, body = text.partition("\n")

    assert "shop-key" not in text
    for broken in (
        text.replace("backup-1", "backup-2", 1),
        head.replace("made_at", "made_by", 1) + "\n" + body,
        head + "\n" + body[:40] + ("B" if body[40] != "B" else "C") + body[41:],
        head + "\n",
        "letsbe-vault-backup-1 {}\n",
        "",
    ):
        with pytest.raises(BadBackup):
            restore_backup(vault, broken, PASSPHRASE, actor=USER)
    with pytest.raises(BadBackup, match="passphrase is wrong"):
        restore_backup(vault, text, "another passphrase", actor=USER)
    with pytest.raises(BadBackup, match="at least 12"):
        make_backup(vault, "short", actor=USER)

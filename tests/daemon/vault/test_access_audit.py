"""Whatever is done with a secret or with the whole vault is in the audit trail, and no value is."""

from pathlib import Path

import pytest

from tenant_daemon.audit import AuditTrail
from tenant_daemon.home import TenantHome
from tenant_daemon.vault import Vault, VaultLocked
from tenant_daemon.vault.backup import make_backup, restore_backup
from tenant_daemon.vault.errors import SecretNotFound
from tenant_daemon.vault.keys import KeyStore
from tenant_daemon.vault.rekeying import change_key

VALUE = "gT7-quartz-Lamp-42"
OWNER = "user:owner"
PASSPHRASE = "a bakery opens at five"


def test_every_access_is_in_the_trail(tmp_path: Path) -> None:
    home = TenantHome(tmp_path)
    vault = Vault.open(home)
    vault.put("shop-key", VALUE, actor=OWNER)
    vault.put("shop-key", VALUE, actor=OWNER)
    with pytest.raises(SecretNotFound):
        vault.get("hub-api-key", actor="agent:sales", purpose="call c-1")
    vault.get("shop-key", actor="agent:sales", purpose="call c-2")
    vault.stage("shop-key", length=32, actor="agent:it-admin")
    vault.discard("shop-key", actor="agent:it-admin", reason="the tool is away")
    vault.stage("shop-key", length=32, actor="agent:it-admin")
    vault.promote("shop-key", actor="agent:it-admin")
    change_key(vault, actor="shell:root")
    backup = make_backup(vault, PASSPHRASE, actor="shell:root")
    restore_backup(vault, backup, PASSPHRASE, actor="shell:root")
    vault.delete("shop-key", actor=OWNER)

    records = [entry.record for entry in AuditTrail.open(home).entries()]
    assert [(str(one.event), one.actor, one.subject) for one in records] == [
        ("secret.stored", OWNER, "shop-key"),
        ("secret.read", "agent:sales", "shop-key"),
        ("secret.read", "agent:it-admin", "shop-key"),
        ("secret.rotation_failed", "agent:it-admin", "shop-key"),
        ("secret.read", "agent:it-admin", "shop-key"),
        ("secret.rotated", "agent:it-admin", "shop-key"),
        ("vault.rekeyed", "shell:root", "vault"),
        ("vault.backed_up", "shell:root", "vault"),
        ("vault.restored", "shell:root", "vault"),
        ("secret.deleted", OWNER, "shop-key"),
    ]
    assert VALUE not in "".join(one.model_dump_json() for one in records)


def test_key_that_somebody_else_chose_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = TenantHome(tmp_path)
    Vault.open(home).close()
    file = home.keys_dir / "vault.key"
    keys = KeyStore.of(home)
    owner = file.stat().st_uid
    with monkeypatch.context() as other:
        other.setattr("os.geteuid", lambda: owner + 1)
        with pytest.raises(VaultLocked, match="its owner alone"):
            keys.read()
    file.rename(home.keys_dir / "elsewhere")
    file.symlink_to(home.keys_dir / "elsewhere")
    with pytest.raises(VaultLocked, match="cannot be opened"):
        keys.read()

"""
Another key for the whole vault, while every process goes on reading and writing.

The key store knows both keys before the file is under the new one, and the old one goes last. Killed
anywhere, the file is under one of two keys that the store has; the next run finishes.
"""

from tenant_daemon.audit import AuditEvent
from tenant_daemon.vault import store
from tenant_daemon.vault.cipher import Cipher
from tenant_daemon.vault.keys import new_key
from tenant_daemon.vault.records import SealedValue
from tenant_daemon.vault.vault import Vault


def change_key(vault: Vault, *, actor: str, passphrase: str = "") -> str:
    """
    Put every value under a new key and give its id.

    A key that systemd gives is changed there: first the new key in its first line with the old one below,
    then this, then the old line goes.

    Args:
        passphrase: Of the key's file, where it has one.

    Raises:
        VaultLocked: The keys cannot be had or kept.
    """
    with vault.keys.held():
        return _change_key(vault, actor, passphrase)


def _change_key(vault: Vault, actor: str, passphrase: str) -> str:
    held = vault.keys.read()
    key = held[0] if vault.keys.is_given else new_key()
    if not vault.keys.is_given:
        # A key left over from an attempt that was cut off is kept: the file may be under it.
        vault.keys.write([key, *held], passphrase)
    cipher = vault.cipher_of(key)
    _put_under(vault, cipher, actor)
    if not vault.keys.is_given:
        vault.keys.write([key], passphrase)
    return cipher.key_id


def _put_under(vault: Vault, cipher: Cipher, actor: str) -> None:
    with vault.rewriting() as page:
        old, page.cipher = page.cipher, cipher
        for item in store.all_sealed(page.db):
            value = old.decrypt(item.name, item.version, item.sealed)
            sealed = cipher.encrypt(item.name, item.version, value)
            fresh = SealedValue(item.name, item.version, sealed, cipher.fingerprint(value))
            store.reseal(page.db, fresh, cipher.key_id)
        vault.record(AuditEvent.VAULT_REKEYED, actor, f"key {old.key_id} replaced by {cipher.key_id}")

"""
The whole vault in one text that can be kept anywhere, behind a passphrase.

It does not need the vault's key, so that it can be put back on another server.
"""

import base64
import hashlib
import json
import os
from collections.abc import Sequence
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from tenant_daemon.audit import AuditEvent
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.vault import store
from tenant_daemon.vault.cipher import Cipher
from tenant_daemon.vault.errors import BadBackup
from tenant_daemon.vault.ledger import Page
from tenant_daemon.vault.names import RESERVED_NAMES
from tenant_daemon.vault.vault import Vault

MIN_PASSPHRASE: Final = 12
_HEADER: Final = "letsbe-vault-backup-1"
_TABLES: Final[dict[str, Sequence[str]]] = {
    "secrets": ("name", "version", "note", "created_at", "kind"),
    "staged": ("name", "version", "actor"),
    "history": ("name", "version", "change", "fingerprint", "actor", "at"),
    "uses": ("name", "actor", "at"),
}
_SCRYPT: Final = {"n": 65_536, "r": 8, "p": 1}
_SCRYPT_MEMORY: Final = 128 * 1024 * 1024


def make_backup(vault: Vault, passphrase: str, *, actor: str) -> str:
    """
    Everything in the vault, encrypted.

    Raises:
        BadBackup: The passphrase is too short.
    """
    if len(passphrase) < MIN_PASSPHRASE:
        raise BadBackup(f"a passphrase has at least {MIN_PASSPHRASE} characters")
    with vault.rewriting() as page:
        content = _content(page)
        vault.record(AuditEvent.VAULT_BACKED_UP, actor, f"{len(content['secrets'])} secrets")
    salt, nonce = os.urandom(16), os.urandom(12)
    head = {"made_at": utc_now().isoformat(), "salt": salt.hex(), "nonce": nonce.hex(), "kdf": _SCRYPT}
    line = f"{_HEADER} {json.dumps(head)}"
    sealed = _box(passphrase, salt).encrypt(nonce, json.dumps(content).encode(), line.encode())
    return f"{line}\n{base64.encodebytes(sealed).decode('ascii')}"


def restore_backup(vault: Vault, text: str, passphrase: str, *, actor: str, is_locked: bool = False) -> int:
    """
    Put a backup in place of what the vault holds, in one step, and say how many secrets it has.

    The server's own keys stay as they are where there are any: the hub may have given new ones since.

    Args:
        is_locked: The vault was opened to be replaced: nothing of it is believed, so nothing stays.

    Raises:
        BadBackup: It is none, was changed, or the passphrase is wrong.
    """
    content = _opened(text, passphrase)
    with vault.replacing() if is_locked else vault.rewriting() as page:
        kept = {name for name in RESERVED_NAMES if store.current_version(page.db, name)}
        try:
            _replace(page, content, kept)
        except (KeyError, TypeError, ValueError) as exc:
            raise BadBackup("the backup's content is not one of a vault") from exc
        count = len(store.infos(page.db))
        over = ", over a locked vault" if is_locked else ""
        vault.record(AuditEvent.VAULT_RESTORED, actor, f"{count} secrets{over}")
    return count


def _content(page: Page) -> dict[str, Any]:
    tables: dict[str, Any] = {
        table: [list(row) for row in page.db.execute(f"SELECT {', '.join(columns)} FROM {table}")]  # noqa: S608
        for table, columns in _TABLES.items()
    }
    tables["values"] = [
        [item.name, item.version, page.cipher.decrypt(item.name, item.version, item.sealed)]
        for item in store.all_sealed(page.db)
    ]
    return tables


def _replace(page: Page, content: dict[str, Any], kept: set[str]) -> None:
    stays = ", ".join("?" for _ in kept)
    for table, columns in {**_TABLES, "sealed_values": ()}.items():
        page.db.execute(f"DELETE FROM {table} WHERE name NOT IN ({stays})", tuple(kept))  # noqa: S608
        places = ", ".join("?" for _ in columns)
        rows = [row for row in content.get(table, ()) if row[0] not in kept]
        if columns:
            page.db.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)  # noqa: S608
    for name, version, value in content["values"]:
        if name not in kept:
            _put_back(page.db.execute, page.cipher, name, version, value)


def _put_back(execute: Any, cipher: Cipher, name: str, version: int, value: str) -> None:
    fingerprint = cipher.fingerprint(value)
    execute(
        "INSERT INTO sealed_values (name, version, key_id, sealed, fingerprint) VALUES (?, ?, ?, ?, ?)",
        (name, version, cipher.key_id, cipher.encrypt(name, version, value), fingerprint),
    )
    execute(
        "UPDATE history SET fingerprint = ? WHERE name = ? AND version = ? AND change <> 'deleted'",
        (fingerprint, name, version),
    )


def _opened(text: str, passphrase: str) -> dict[str, Any]:
    line, _, body = text.partition("\n")
    header, _, head = line.partition(" ")
    if header != _HEADER:
        raise BadBackup("this is no backup of a vault")
    try:
        parts = json.loads(head)
        box = _box(passphrase, bytes.fromhex(parts["salt"]))
        sealed = base64.b64decode("".join(body.split()), validate=True)
        content = json.loads(box.decrypt(bytes.fromhex(parts["nonce"]), sealed, line.encode()))
    except InvalidTag:
        raise BadBackup("the passphrase is wrong, or the backup was changed") from None
    except (ValueError, KeyError, TypeError) as exc:
        raise BadBackup("the backup is damaged") from exc
    if not isinstance(content, dict):
        raise BadBackup("the backup is damaged")
    return content


def _box(passphrase: str, salt: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(
        hashlib.scrypt(passphrase.encode(), salt=salt, dklen=32, maxmem=_SCRYPT_MEMORY, **_SCRYPT)
    )

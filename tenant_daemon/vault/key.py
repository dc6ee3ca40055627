"""The vault's key: 32 random bytes in ``keys/vault.key``, outside the database, for this user alone."""

import base64
import binascii
import os
import secrets
import stat
from pathlib import Path
from typing import Final

from tenant_daemon.vault.errors import VaultLocked

_KEY_BYTES: Final = 32
_HEADER: Final = "letsbe-vault-key-1"
"""First line of the file, so that a later form can be told apart."""


def read_key(path: Path) -> bytes:
    """
    The key in this file.

    Raises:
        VaultLocked: It is missing, others may read it, or it is no key.
    """
    try:
        # O_NOFOLLOW: a link would let somebody choose which key we use.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as exc:
        raise VaultLocked(f"{path} cannot be opened: {exc.strerror}") from exc
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o077 or status.st_uid != os.geteuid():
            raise VaultLocked(f"{path} must be a file that its owner alone can read (chmod 600)")
        return _parse(path, file.read(1_024))


def create_key(path: Path) -> None:
    """Make a new key, unless another process has just made one: the first one stays."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            encoded = base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode("ascii")
            file.write(f"{_HEADER}\n{encoded}\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            # A hard link, unlike a rename, never replaces what is there.
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def _parse(path: Path, content: bytes) -> bytes:
    header, _, encoded = content.partition(b"\n")
    try:
        key = base64.b64decode(encoded.strip(), validate=True)
    except binascii.Error:
        key = b""
    if header.decode("ascii", "replace") != _HEADER or len(key) != _KEY_BYTES:
        raise VaultLocked(f"{path} holds no vault key")
    return key


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

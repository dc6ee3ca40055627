"""
Where the vault's key is kept, and how it is got.

One of three: a systemd credential (``CREDENTIALS_DIRECTORY/letsbe-vault-key``), the file ``keys/vault.key``,
or that file locked with a passphrase. In the last case ``vault unlock`` asks for the passphrase once after
each boot and leaves the key in memory (``/dev/shm``), for this user alone.

A store may hold more than one key while the key is being changed: the database says which one it is under.
"""

import base64
import binascii
import fcntl
import hashlib
import json
import os
import secrets
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from tenant_daemon.contracts.distress import VaultTrouble
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.private_file import write_private
from tenant_daemon.vault.errors import VaultLocked

KEY_FILE: Final = "vault.key"
CREDENTIAL: Final = "letsbe-vault-key"
_KEY_BYTES: Final = 32
_HEADER: Final = "letsbe-vault-key-1"
_LOCKED_HEADER: Final = "letsbe-vault-key-locked-1"
"""First line of the file, so that each form can be told apart."""
_MEMORY: Final = Path("/dev/shm")  # noqa: S108
_MAX_FILE_BYTES: Final = 4_096
# RFC 7914; 64 MiB and about a quarter of a second, once per boot.
_SCRYPT: Final = {"n": 65_536, "r": 8, "p": 1}
_SCRYPT_MEMORY: Final = 128 * 1024 * 1024
MIN_PASSPHRASE: Final = 12


def new_key() -> bytes:
    """A random key."""
    return secrets.token_bytes(_KEY_BYTES)


@dataclass(frozen=True)
class KeyStore:
    """The place of one home's key. Nothing is read before it is asked for."""

    file: Path
    unlocked_file: Path
    credential: Path | None = None

    @classmethod
    def of(cls, home: TenantHome, environ: Mapping[str, str] = os.environ) -> "KeyStore":
        """The store of this home; a systemd credential of this process comes first."""
        folder = environ.get("CREDENTIALS_DIRECTORY", "")
        credential = Path(folder) / CREDENTIAL if folder else None
        place = hashlib.sha256(os.fsencode(home.root.absolute())).hexdigest()[:24]
        return cls(
            file=home.keys_dir / KEY_FILE,
            unlocked_file=_MEMORY / f"letsbe-{os.geteuid()}-{place}.key",
            credential=credential if credential is not None and credential.exists() else None,
        )

    @property
    def is_given(self) -> bool:
        """Whether systemd gives the key: then only who runs the machine can change it."""
        return self.credential is not None

    @property
    def is_locked(self) -> bool:
        """Whether the key's file needs a passphrase."""
        return not self.is_given and self.file.exists() and _header(_read(self.file)) == _LOCKED_HEADER

    def read(self) -> list[bytes]:
        """
        The keys, the one for new values first.

        Raises:
            VaultLocked: Missing, readable by others, no key, or still behind its passphrase.
        """
        if self.credential is not None:
            return _parse(self.credential, _read(self.credential, is_systemds=True))
        if not self.is_locked:
            return _parse(self.file, _read(self.file))
        if not self.unlocked_file.exists():
            raise VaultLocked(
                "the vault's key is behind a passphrase: run `python -m tenant_daemon vault unlock`",
                VaultTrouble.SEALED,
            )
        return _parse(self.unlocked_file, _read(self.unlocked_file))

    def create(self) -> None:
        """Make a new key, unless there is one or another process has just made one: the first one stays."""
        if self.is_given or self.file.exists():
            return
        draft = self.file.with_name(f".{self.file.name}.{secrets.token_hex(8)}")
        write_private(draft, _formatted([new_key()]))
        try:
            # A hard link, unlike a rename, never replaces what is there.
            os.link(draft, self.file)
        except FileExistsError:
            return
        finally:
            draft.unlink()
        _sync_folder(self.file.parent)

    def write(self, keys: Sequence[bytes], passphrase: str = "") -> None:
        """
        Put these keys in place of what is there, in one step.

        Raises:
            VaultLocked: The key is systemd's to keep, or its passphrase is missing or wrong.
        """
        if self.is_given:
            raise VaultLocked("the key is a systemd credential: change it there")
        if not self.is_locked:
            write_private(self.file, _formatted(keys))
        else:
            _opened(_read(self.file), passphrase)
            write_private(self.file, _locked(keys, passphrase))
            write_private(self.unlocked_file, _formatted(keys))
        _sync_folder(self.file.parent)

    @contextmanager
    def held(self) -> Iterator[None]:
        """One process at a time changes the keys: the slower one would take a key away that is in use."""
        handle = os.open(self.file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def set_passphrase(self, passphrase: str) -> None:
        """
        Lock the key's file with a passphrase from now on, or with another one. The key itself stays.

        Raises:
            VaultLocked: The passphrase is too short, or the key cannot be had.
        """
        if len(passphrase) < MIN_PASSPHRASE:
            raise VaultLocked(f"a passphrase has at least {MIN_PASSPHRASE} characters")
        keys = self.read()
        if self.is_given:
            raise VaultLocked("the key is a systemd credential: it needs no passphrase")
        # First the copy in memory: whoever reads the locked file then finds it.
        write_private(self.unlocked_file, _formatted(keys))
        write_private(self.file, _locked(keys, passphrase))
        _sync_folder(self.file.parent)

    def unlock(self, passphrase: str) -> None:
        """Leave the key in memory until the next boot; raises VaultLocked when the passphrase is wrong."""
        write_private(self.unlocked_file, _formatted(_opened(_read(self.file), passphrase)))

    def lock(self) -> None:
        """Take the key out of memory. Processes that have it open keep it until they end."""
        if not self.is_locked:
            raise VaultLocked("the key has no passphrase: set one with `vault passphrase`")
        self.unlocked_file.unlink(missing_ok=True)


def _read(path: Path, *, is_systemds: bool = False) -> bytes:
    try:
        # O_NOFOLLOW: a link would let somebody choose which key we use.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as exc:
        raise VaultLocked(f"{path} cannot be opened: {exc.strerror}", VaultTrouble.KEY) from exc
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        # systemd's credentials are root's, opened for the service by an access list (systemd.exec(5)).
        owners = {os.geteuid(), 0} if is_systemds else {os.geteuid()}
        open_to = 0o027 if is_systemds else 0o077
        if not stat.S_ISREG(status.st_mode) or status.st_mode & open_to or status.st_uid not in owners:
            raise VaultLocked(
                f"{path} must be a file that its owner alone can read (chmod 600)", VaultTrouble.KEY
            )
        return file.read(_MAX_FILE_BYTES)


def _header(content: bytes) -> str:
    return content.partition(b"\n")[0].decode("ascii", "replace")


def _formatted(keys: Sequence[bytes]) -> str:
    return "\n".join([_HEADER, *(base64.b64encode(key).decode("ascii") for key in keys)]) + "\n"


def _parse(path: Path, content: bytes) -> list[bytes]:
    try:
        keys = [base64.b64decode(line, validate=True) for line in content.split(b"\n")[1:] if line.strip()]
    except binascii.Error:
        keys = []
    if _header(content) != _HEADER or not keys or any(len(key) != _KEY_BYTES for key in keys):
        raise VaultLocked(f"{path} holds no vault key", VaultTrouble.KEY)
    return keys


def _locked(keys: Sequence[bytes], passphrase: str) -> str:
    salt, nonce = os.urandom(16), os.urandom(12)
    box = ChaCha20Poly1305(_from_passphrase(passphrase, salt))
    sealed = box.encrypt(nonce, _formatted(keys).encode(), _LOCKED_HEADER.encode())
    return f"{_LOCKED_HEADER}\n{json.dumps({'salt': salt.hex(), 'sealed': (nonce + sealed).hex()})}\n"


def _opened(content: bytes, passphrase: str) -> list[bytes]:
    try:
        parts = json.loads(content.partition(b"\n")[2])
        salt, sealed = bytes.fromhex(parts["salt"]), bytes.fromhex(parts["sealed"])
        box = ChaCha20Poly1305(_from_passphrase(passphrase, salt))
        plain = box.decrypt(sealed[:12], sealed[12:], _LOCKED_HEADER.encode())
    except InvalidTag:
        raise VaultLocked("the passphrase is wrong") from None
    except (ValueError, KeyError, TypeError) as exc:
        raise VaultLocked("the key's file is damaged, or has no passphrase") from exc
    return _parse(Path(KEY_FILE), plain)


def _from_passphrase(passphrase: str, salt: bytes) -> bytes:
    return hashlib.scrypt(passphrase.encode(), salt=salt, dklen=32, maxmem=_SCRYPT_MEMORY, **_SCRYPT)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

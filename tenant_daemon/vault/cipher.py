"""
What the vault computes with its key.

Three keys are derived from the one in the file (RFC 5869), so that no key serves two purposes: one encrypts,
one makes fingerprints, one signs the manifest.
"""

import hashlib
import hmac
import os
from collections.abc import Iterable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tenant_daemon.vault.errors import VaultLocked

_NONCE_BYTES: Final = 12
"""RFC 8439. Random: with 96 bits, a repeat is not to be feared below 2^32 values of one key."""


class Cipher:
    """Encrypts values, fingerprints them, signs the manifest."""

    def __init__(self, key: bytes) -> None:
        self._values = ChaCha20Poly1305(_derive(key, "letsbe vault values 1"))
        self._fingerprints = _derive(key, "letsbe vault fingerprints 1")
        self._manifest = _derive(key, "letsbe vault manifest 1")
        self.key_id = _derive(key, "letsbe vault key id 1").hex()[:16]
        """Says which key encrypted a row, and nothing about the key."""

    def encrypt(self, name: str, version: int, value: str) -> bytes:
        """Nonce and ciphertext, bound to the place of the value: moved elsewhere it does not open."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._values.encrypt(nonce, value.encode(), _place(name, version))

    def decrypt(self, name: str, version: int, sealed: bytes) -> str:
        """The value; raises VaultLocked when it is not what was stored in this place."""
        try:
            plain = self._values.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _place(name, version))
        except (InvalidTag, ValueError) as exc:
            raise VaultLocked(f"the stored value of {name}, version {version}, was changed") from exc
        return plain.decode()

    def fingerprint(self, value: str) -> str:
        """Tells equal values apart from different ones; without the key it cannot be tried out."""
        return hmac.new(self._fingerprints, value.encode(), hashlib.sha256).hexdigest()[:16]

    def sign(self, lines: Iterable[str]) -> str:
        """A MAC over the list of what the vault holds, so that no row can vanish or return unnoticed."""
        mac = hmac.new(self._manifest, digestmod=hashlib.sha256)
        for line in lines:
            mac.update(line.encode() + b"\n")
        return mac.hexdigest()


def _place(name: str, version: int) -> bytes:
    return f"letsbe vault value\n{name}\n{version}".encode()


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key)

"""
Secrets that the hub must be able to read again, sealed before they are stored.

ChaCha20-Poly1305 (RFC 8439) with a random nonce. What a value is for is part of the seal: one that is moved
to another row or column does not open there. Keys can be rotated: the first one seals, all of them open.
"""

import base64
import hashlib
import os
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

_VERSION: Final = "box1"
_NONCE_BYTES: Final = 12


class CannotOpen(Exception):
    """Sealed with a key that is gone, for another purpose, or changed since."""


class SecretBox:
    """Seals with the first key and opens with any of them."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """
        Args:
            keys: Of 32 bytes each, the newest first; at least one.
        """
        if not keys:
            raise ValueError("a secret box needs a key")
        self._current = _key_id(keys[0])
        self._ciphers = {_key_id(key): ChaCha20Poly1305(key) for key in keys}

    def seal(self, content: bytes, purpose: str) -> str:
        """The content as text for a column; ``purpose`` must be repeated to open it."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, content, purpose.encode())
        return f"{_VERSION}.{self._current}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, purpose: str) -> bytes:
        """
        The content again.

        Raises:
            CannotOpen: See there.
        """
        version, _, rest = sealed.partition(".")
        key_id, _, body = rest.partition(".")
        cipher = self._ciphers.get(key_id)
        if version != _VERSION or cipher is None:
            raise CannotOpen("no such key")
        try:
            raw = base64.b64decode(body, altchars=b"-_", validate=True)
            if base64.urlsafe_b64encode(raw).decode() != body:
                raise ValueError("spare bits of the last character are set")
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], purpose.encode())
        except (InvalidTag, ValueError) as exc:
            raise CannotOpen("the seal is broken") from exc

    def is_current(self, sealed: str) -> bool:
        """Whether it was sealed with the newest key."""
        return sealed.startswith(f"{_VERSION}.{self._current}.")


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"letsbe key id" + key).hexdigest()[:8]


def keys_in(content: bytes) -> list[bytes]:
    """The keys in a key file: one in base 64 on each line, the newest first."""
    return [base64.b64decode(line, validate=True) for line in content.split()]


def key_line(key: bytes) -> bytes:
    """A key as a line of a key file."""
    return base64.b64encode(key) + b"\n"

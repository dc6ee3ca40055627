"""
Boxes that only one side can open, made and opened alike by browsers (``islands/sealed_box.js``).

X25519 with a key pair for this one box, HKDF-SHA-256 (RFC 5869), AES-256-GCM. What the box is for is part
of the key, so that it opens nowhere else. The nonce is part of what HKDF gives: each key encrypts once.

    version 1 | the sender's public key, 32 bytes | ciphertext and tag
"""

import base64
import binascii
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION: Final = b"\x01"
_KEY_BYTES: Final = 32
_LABEL: Final = b"letsbe sealed box 1"


class BoxNotOpened(ValueError):
    """It is no box, not for this key, or was made for something else."""


class SealingKey:
    """A private key to which others seal."""

    def __init__(self, private: bytes) -> None:
        self._private = X25519PrivateKey.from_private_bytes(private)

    @classmethod
    def read(cls, path: Path) -> "SealingKey":
        """The key in ``keys/sealing.key``; raises BoxNotOpened when there is none."""
        try:
            return cls(base64.b64decode(path.read_text("ascii"), validate=True))
        except (OSError, ValueError) as exc:
            raise BoxNotOpened(f"{path.name} cannot be read") from exc

    @property
    def public(self) -> bytes:
        return self._private.public_key().public_bytes_raw()

    def open(self, box: str, context: str) -> str:
        """
        What somebody has sealed to this key.

        Raises:
            BoxNotOpened: It does not open.
        """
        try:
            return self.open_bytes(base64.b64decode(box, validate=True), context).decode()
        except (binascii.Error, ValueError) as exc:
            raise BoxNotOpened("the box is not for this key, or for something else") from exc

    def open_bytes(self, data: bytes, context: str) -> bytes:
        """The same for a box that is no text. Raises as ``open``."""
        try:
            sender, sealed = data[1 : 1 + _KEY_BYTES], data[1 + _KEY_BYTES :]
            if data[:1] != _VERSION:
                raise BoxNotOpened("not a box of a version that is known here")
            shared = self._private.exchange(X25519PublicKey.from_public_bytes(sender))
            key, nonce = _derived(shared, sender, self.public, context)
            return AESGCM(key).decrypt(nonce, sealed, None)
        except (InvalidTag, ValueError) as exc:
            raise BoxNotOpened("the box is not for this key, or for something else") from exc


def seal(text: str, public_key: str, context: str) -> str:
    """``seal_bytes`` for a text, in base64."""
    return base64.b64encode(seal_bytes(text.encode(), public_key, context)).decode("ascii")


def seal_bytes(data: bytes, public_key: str, context: str) -> bytes:
    """
    A box with these bytes that only the owner of the public key can open.

    Args:
        data: What goes into it.
        public_key: X25519, base64.
        context: What it is for; opening it takes the same words.

    Raises:
        BoxNotOpened: The public key is none.
    """
    try:
        recipient = base64.b64decode(public_key, validate=True)
        ephemeral = X25519PrivateKey.generate()
        # A key of small order gives zeros, which the library refuses (RFC 7748, 6.1).
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient))
    except (binascii.Error, ValueError) as exc:
        raise BoxNotOpened("not a public key") from exc
    sender = ephemeral.public_key().public_bytes_raw()
    key, nonce = _derived(shared, sender, recipient, context)
    return _VERSION + sender + AESGCM(key).encrypt(nonce, data, None)


def _derived(shared: bytes, sender: bytes, recipient: bytes, context: str) -> tuple[bytes, bytes]:
    info = _LABEL + b"\n" + context.encode()
    derived = HKDF(algorithm=SHA256(), length=44, salt=sender + recipient, info=info).derive(shared)
    return derived[:32], derived[32:]

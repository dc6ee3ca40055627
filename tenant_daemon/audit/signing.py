"""The key with which this server signs heads of its audit trail."""

import base64
import os
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tenant_daemon.contracts.audit import AuditHeadReported
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.private_file import write_private

KEY_FILE: Final = "audit.key"
_SEED_BYTES: Final = 32


class KeyUnusable(Exception):
    """The key file cannot be read or is damaged. It is not replaced: the hub knows the old key."""


class HeadKey:
    """An Ed25519 key, in ``keys/audit.key`` as base64."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public_text = base64.b64encode(raw).decode()

    @classmethod
    def load(cls, home: TenantHome) -> "HeadKey | None":
        """The key, None when there has never been one; raises KeyUnusable."""
        path = home.keys_dir / KEY_FILE
        try:
            seed = base64.b64decode(path.read_text("ascii"), validate=True)
            return cls(Ed25519PrivateKey.from_private_bytes(seed))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as exc:
            raise KeyUnusable(f"{path} is no usable key: {type(exc).__name__}") from exc

    @classmethod
    def load_or_make(cls, home: TenantHome) -> "HeadKey":
        """The key, made when there is none; raises KeyUnusable."""
        held = cls.load(home)
        if held is not None:
            return held
        seed = os.urandom(_SEED_BYTES)
        write_private(home.keys_dir / KEY_FILE, base64.b64encode(seed).decode())
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    def sign(self, head: AuditHeadReported) -> AuditHeadReported:
        """The head with its signature."""
        bare = head.model_copy(update={"public_key": self.public_text})
        signature = base64.b64encode(self._key.sign(bare.signed_text())).decode()
        return bare.model_copy(update={"signature": signature})


def is_signed_by(head: AuditHeadReported, public_text: str) -> bool:
    """Whether this key signed the head."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_text, validate=True))
        key.verify(base64.b64decode(head.signature, validate=True), head.signed_text())
    except (InvalidSignature, ValueError):
        return False
    return head.public_key == public_text

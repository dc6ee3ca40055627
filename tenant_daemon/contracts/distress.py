"""
What a server says that cannot open its vault, and so has no key to its link; or that has a full disk, and so
opens none.

``POST /api/v1/tenant/distress``. It shows a token that follows from the key of its link, and lies in a file
beside the vault: good for this one message, which holds nothing but one of a few words.
"""

import hashlib
import hmac
from enum import StrEnum
from typing import Final

from pydantic import Field

from tenant_daemon.contracts.base import Message

DISTRESS_PATH: Final = "/distress"
VAULT: Final = "vault"
"""The part of a server that is in distress, as heartbeats name it."""
DISK: Final = "disk"
"""The same, where it is not the vault."""


class VaultTrouble(StrEnum):
    """Why a vault is locked."""

    CHANGED = "changed"
    """It is not what the daemon stored."""
    KEY = "key"
    """Its key is missing, of another vault, or open to others."""
    SEALED = "sealed"
    """Its key waits for the passphrase, as after each start of the machine."""
    UNREADABLE = "unreadable"
    """Its file cannot be read."""


class DiskTrouble(StrEnum):
    """Why nothing can be written."""

    FULL = "full"
    """There is no room. Without its audit and its journals the server does nothing."""


Trouble = VaultTrouble | DiskTrouble


class Distress(Message):
    """Server -> hub, over HTTPS: the vault is locked or the disk is full, and nothing runs."""

    tenant_id: str = Field(min_length=1, max_length=60)
    token: str = Field(pattern=r"^[0-9a-f]{64}$", repr=False, examples=["5d" * 32])
    trouble: Trouble
    daemon_version: str = Field(default="", max_length=40)
    openclaw_version: str = Field(default="", max_length=40)

    @property
    def part(self) -> str:
        """Which part of the server it is about."""
        return DISK if isinstance(self.trouble, DiskTrouble) else VAULT


def distress_token(api_key_hash: str) -> str:
    """
    The token of the server with the key of this hash (SHA-256, hex), which both sides can compute.

    Who finds it can raise this alarm and do nothing else: neither the key nor its hash follow from it.
    """
    return hmac.new(api_key_hash.encode(), b"letsbe distress", hashlib.sha256).hexdigest()

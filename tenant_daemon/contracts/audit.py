"""Signed heads of a tenant's audit trail: how the hub notices that a trail was cut or forked."""

from typing import Literal

from pydantic import AwareDatetime, Field

from tenant_daemon.contracts.base import Message


class AuditHeadReported(Message):
    """
    Daemon -> hub: the trail has come so far.

    Each head names the one that was signed before it, by its count and by the hash that the trail has there
    *now*: who rewrites the trail cannot name the hash that the hub was given then.
    """

    kind: Literal["audit.head"] = "audit.head"
    count: int = Field(ge=1, le=2_147_483_647)
    head: str = Field(pattern=r"^[0-9a-f]{64}$")
    since_count: int = Field(ge=0, le=2_147_483_647)
    """0 for the first head."""
    since_head: str = Field(pattern=r"^[0-9a-f]{64}$")
    signed_at: AwareDatetime
    public_key: str = Field(max_length=64)
    """Ed25519, base64. The hub holds on to the first one that it sees of a server."""
    signature: str = Field(max_length=128)
    """Base64, over ``signed_text``."""

    def signed_text(self) -> bytes:
        """What the signature covers."""
        parts = [self.count, self.head, self.since_count, self.since_head, self.signed_at.isoformat()]
        return "\n".join(["letsbe audit head 1", *map(str, parts)]).encode()

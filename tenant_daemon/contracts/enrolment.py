"""A fresh server trades its one-time token for a key of its own."""

from pydantic import Field

from tenant_daemon.contracts.base import Message


class EnrolmentRequest(Message):
    """``POST /api/v1/tenant/register``: the daemon introduces itself."""

    token: str = Field(min_length=20, max_length=200, repr=False)
    daemon_version: str = Field(max_length=40)
    openclaw_version: str = Field(max_length=40)
    protocol_version: int
    sealing_public_key: str = Field(max_length=64)
    """X25519 public key, base64: what the customer's browser seals secrets to."""


class EnrolmentGranted(Message):
    """The answer. The key is shown this once; the hub keeps its hash."""

    tenant_id: str
    api_key: str = Field(repr=False)
    link_url: str
    """Where the daemon opens its websocket, ``ws://`` or ``wss://``."""


class KeyRenewed(Message):
    """Hub -> server, over HTTPS: the new key. The old one works until this one has opened a link."""

    api_key: str = Field(repr=False)

"""
Names of keys and channels in Redis, and what a wake says.

Every call touches one key, or keys with the same hash tag (in braces), so that a cluster can serve it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import orjson

_PREFIX: Final = "letsbe"

CONTROL_CHANNEL: Final = f"{_PREFIX}:control"
"""Every worker follows it: a subscription needs at least one channel to stay open."""

JOBS_CHANNEL: Final = f"{_PREFIX}:jobs"
"""Wakes for the jobs process; a message is the id of the server that may need a step."""


def run_stream(conversation_id: str) -> str:
    """Key of the stream with the run events of a conversation, and the channel of the same events."""
    return f"{_PREFIX}:run:{{{conversation_id}}}"


def customer_channel(customer_id: str) -> str:
    """Wakes for the browsers of a customer."""
    return f"{_PREFIX}:customer:{customer_id}"


def link_channel(tenant_id: str) -> str:
    """Wakes for the worker that holds a tenant's link."""
    return f"{_PREFIX}:link:{tenant_id}"


def presence_key(tenant_id: str) -> str:
    """Who holds a tenant's link; expires."""
    return f"{_PREFIX}:presence:{{{tenant_id}}}"


class Topic(StrEnum):
    """What changed, as the browser is told it; it then asks the service."""

    APPROVALS = "approvals"
    CHANGES = "changes"
    CONVERSATION = "conversation"
    TENANT = "tenant"
    PROVISIONING = "provisioning"
    SECRETS = "secrets"
    SESSION = "session"
    """A sign-in ended; stays inside the hub, where each stream looks its session up again."""


@dataclass(frozen=True)
class Wake:
    """Something changed: the topic and the id of what changed."""

    topic: Topic
    id: str

    def encode(self) -> bytes:
        return orjson.dumps([self.topic, self.id])

    @classmethod
    def decode(cls, data: bytes) -> "Wake":
        topic, subject = orjson.loads(data)
        return cls(Topic(topic), subject)


LINK_CHECK: Final = b"check"
"""To a link: look at the outbox and the wanted configuration again."""
LINK_KEY: Final = b"key"
"""To a link: its key may have been revoked."""
_LINK_TAKEN: Final = b"taken "


def link_taken(link_id: str) -> bytes:
    """To a link: a newer one of the tenant is there."""
    return _LINK_TAKEN + link_id.encode()


def link_taker(data: bytes) -> str | None:
    """The link that took over, when the wake says so."""
    return data.removeprefix(_LINK_TAKEN).decode() if data.startswith(_LINK_TAKEN) else None

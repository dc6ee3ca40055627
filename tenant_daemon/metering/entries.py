"""What is written down of a request: that it runs, how far it has come, what it used."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Usage:
    """What one request used, in tokens. ``cached`` is a part of ``prompt``."""

    prompt: int
    completion: int
    cached: int = 0
    is_estimated: bool = False

    @property
    def total(self) -> int:
        return self.prompt + self.completion


@dataclass(frozen=True)
class OpenRequest:
    """A request that is running. ``prompt_tokens`` is an estimate."""

    id: str
    agent_id: str
    model: str
    prompt_tokens: int
    opened_at: datetime


@dataclass(frozen=True)
class Noted:
    """An open request that stands in the journal, under this number."""

    request: OpenRequest
    number: int


@dataclass(frozen=True)
class Progress:
    """How much a running request has used so far, by estimate."""

    id: str
    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True)
class Closed:
    """A request is over; ``usage`` is None when it was never served and costs nothing."""

    request: OpenRequest
    usage: Usage | None


Entry = OpenRequest | Noted | Progress | Closed


def open_request(agent_id: str, model: str, prompt_tokens: int) -> OpenRequest:
    """A new request, not yet written down."""
    return OpenRequest(secrets.token_hex(12), agent_id, model, prompt_tokens, datetime.now(UTC))

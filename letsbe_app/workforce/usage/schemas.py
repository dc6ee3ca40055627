"""What usage looks like from outside."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class UsageLine:
    """Tokens of one agent with one model."""

    agent_id: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    request_count: int
    estimated_count: int

    @property
    def used_tokens(self) -> int:
        """Prompt plus completion: what counts against the plan."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True)
class UsageSummary:
    """A server's tokens since a moment."""

    tenant_id: str
    since: datetime
    used_tokens: int
    lines: list[UsageLine]
    """Most used first."""

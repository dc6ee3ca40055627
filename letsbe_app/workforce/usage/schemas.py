"""What usage looks like from outside."""

from dataclasses import dataclass, field
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
class UsageAlertView:
    """A part of a token budget that was used."""

    agent_id: str
    """Empty for a budget of the whole server."""
    percent: int
    note: str
    reached_at: datetime


@dataclass(frozen=True)
class UsageSummary:
    """A server's tokens since a moment."""

    tenant_id: str
    since: datetime
    used_tokens: int
    lines: list[UsageLine]
    """Most used first."""
    alerts: list[UsageAlertView] = field(default_factory=list)
    """Newest first."""

"""What usage looks like from outside."""

from dataclasses import dataclass, field
from datetime import date, datetime


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
    cost_micro_eur: int = 0
    """Their worth by the price list, in millionths of a euro; those of the plan are paid with it."""

    @property
    def used_tokens(self) -> int:
        """Prompt plus completion: what counts against the plan."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True)
class DayLine:
    """Tokens of one agent with one model on one day (UTC)."""

    day: date
    agent_id: str
    model: str
    used_tokens: int
    cost_micro_eur: int = 0
    """As in ``UsageLine``."""


@dataclass(frozen=True)
class BudgetState:
    """A budget and how much of it is used in the period that goes on."""

    agent_id: str
    """Empty for the plan's tokens, which are for the whole server."""
    period: str
    """As ``BudgetPeriod``."""
    with_sub_agents: bool
    tokens: int
    used_tokens: int
    began_at: datetime


@dataclass(frozen=True)
class UsageReport:
    """Day by day, and against every budget in force."""

    since: date
    until: date
    days: list[DayLine]
    """Oldest first; days on which nothing was used are left out."""
    budgets: list[BudgetState]
    """The plan's first."""


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
    cost_micro_eur: int = 0
    """Of all lines."""

"""Token budgets: what agents may use in a period, and what the hub hears of them."""

from enum import StrEnum
from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from tenant_daemon.contracts.base import Count, Message


class BudgetPeriod(StrEnum):
    """How often a budget begins anew. Days and months are those of UTC."""

    DAY = "day"
    MONTH = "month"
    PLAN = "plan"
    """A month of the plan: it begins on the day of the month on which the plan began."""


class TokenBudget(Message):
    """Tokens that may be used in a period, prompt and answer; the proxy blocks before it is passed."""

    period: BudgetPeriod
    tokens: int = Field(ge=0)
    agent_id: str | None = None
    """Whose; None: of all agents of the server together."""
    with_sub_agents: bool = False
    """Together with those that work for it, and for those in turn (``AgentConfig.parent_agent_id``)."""
    plan_began_at: AwareDatetime | None = None
    """The beginning of the first month of the plan."""
    applies_from: AwareDatetime | None = None
    applies_until: AwareDatetime | None = None

    @model_validator(mode="after")
    def _knows_its_beginning(self) -> Self:
        if self.period is BudgetPeriod.PLAN and self.plan_began_at is None:
            raise ValueError("a budget of the plan needs plan_began_at")
        return self


class BudgetReached(Message):
    """Daemon -> hub: a part of a budget is used. Told once per budget, period and part."""

    kind: Literal["usage.budget"] = "usage.budget"
    percent: int = Field(ge=1, le=100)
    """80, 90 or 100; at 100 requests to the model are refused."""
    agent_id: str | None = None
    period: BudgetPeriod
    period_began_at: AwareDatetime
    budget_tokens: Count
    used_tokens: Count
    note: str = Field(max_length=500)
    """What the owner reads."""
    reached_at: AwareDatetime

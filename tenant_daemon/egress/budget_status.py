"""Where the budgets stand, in words for ``status``."""

from tenant_daemon.contracts.budget import BudgetPeriod
from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.egress.budget import Budget, Standing

_PERIODS = {BudgetPeriod.DAY: "today", BudgetPeriod.MONTH: "this month", BudgetPeriod.PLAN: "this plan month"}


def budget_lines(budget: Budget, config: TenantConfig) -> list[tuple[bool, str]]:
    """Whether something is left, and the figures, of each budget in force."""
    return [_line(standing) for standing in budget.standings(config) if standing.budget is not None]


def _line(standing: Standing) -> tuple[bool, str]:
    budget = standing.budget
    assert budget is not None
    whose = budget.agent_id or "all agents"
    helpers = " with helpers" if budget.agent_id and budget.with_sub_agents else ""
    text = f"{whose}{helpers}, {_PERIODS[budget.period]}: {standing.used:,} of {standing.limit:,} tokens"
    return standing.used < standing.limit, text

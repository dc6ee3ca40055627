"""How both sides count what is used of a budget: since when, and of which agents. Pure."""

import calendar
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import assert_never

from tenant_daemon.contracts.budget import BudgetPeriod, TokenBudget


def period_start(budget: TokenBudget, now: datetime) -> datetime:
    """The beginning of the period that ``now`` lies in, UTC."""
    now = now.astimezone(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    match budget.period:
        case BudgetPeriod.DAY:
            return midnight
        case BudgetPeriod.MONTH:
            return midnight.replace(day=1)
        case BudgetPeriod.PLAN:
            assert budget.plan_began_at is not None, "the model takes none without it"
            return _plan_month(budget.plan_began_at.astimezone(UTC), now)
        case _:
            assert_never(budget.period)


def applies(budget: TokenBudget, now: datetime) -> bool:
    """Whether a budget is in force."""
    is_begun = budget.applies_from is None or budget.applies_from <= now
    return is_begun and (budget.applies_until is None or now < budget.applies_until)


def agents_of(budget: TokenBudget, parents: Mapping[str, str | None]) -> frozenset[str] | None:
    """
    Those whose tokens count together in a budget; None for everybody.

    Args:
        budget: The budget.
        parents: For whom each agent works, by id.
    """
    if budget.agent_id is None:
        return None
    agents = {budget.agent_id}
    if budget.with_sub_agents:
        found = 0
        while len(agents) > found:
            found = len(agents)
            agents |= {agent_id for agent_id, parent in parents.items() if parent in agents}
    return frozenset(agents)


def _plan_month(began: datetime, now: datetime) -> datetime:
    this = _on_same_day(began, now.year, now.month)
    if this <= now:
        return this
    year, month = (now.year, now.month - 1) if now.month > 1 else (now.year - 1, 12)
    return _on_same_day(began, year, month)


def _on_same_day(began: datetime, year: int, month: int) -> datetime:
    """The 31st is the last day in a shorter month."""
    last = calendar.monthrange(year, month)[1]
    return began.replace(year=year, month=month, day=min(began.day, last))

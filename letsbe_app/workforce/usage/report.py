"""From hours to days and budgets. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from letsbe_app.workforce.usage.prices import FREE, PriceList
from letsbe_app.workforce.usage.schemas import BudgetState, DayLine
from tenant_daemon.contracts.budget import TokenBudget
from tenant_daemon.contracts.counting import agents_of, applies, period_start

Hour = tuple[datetime, str, str, int]
"""Hour, agent, model, tokens."""


def day_lines(hours: Iterable[Hour], since: date, prices: PriceList = FREE) -> list[DayLine]:
    """Sums per day, agent and model, with what they are worth."""
    sums: defaultdict[tuple[date, str, str], int] = defaultdict(int)
    for hour, agent_id, model, tokens in hours:
        day = hour.astimezone(UTC).date()
        if day >= since:
            sums[day, agent_id, model] += tokens
    return [DayLine(*key, tokens, prices.cost(key[2], tokens)) for key, tokens in sorted(sums.items())]


def budget_states(
    budgets: Sequence[TokenBudget],
    parents: Mapping[str, str | None],
    hours: Sequence[Hour],
    now: datetime,
) -> list[BudgetState]:
    """
    Every budget that is in force, with what was used of it.

    Args:
        budgets: As the server is told.
        parents: For whom each agent works, by id.
        hours: From the beginning of the oldest period on.
        now: The moment.
    """
    return [
        BudgetState(
            agent_id=budget.agent_id or "",
            period=budget.period.value,
            with_sub_agents=budget.with_sub_agents,
            tokens=budget.tokens,
            used_tokens=_used(budget, parents, hours, period_start(budget, now)),
            began_at=period_start(budget, now),
        )
        for budget in budgets
        if applies(budget, now)
    ]


def _used(
    budget: TokenBudget, parents: Mapping[str, str | None], hours: Sequence[Hour], since: datetime
) -> int:
    counted = agents_of(budget, parents)
    # As the server counts: the hour in which a plan began belongs to it.
    first = since.replace(minute=0, second=0, microsecond=0)
    return sum(
        tokens
        for hour, agent_id, _, tokens in hours
        if hour >= first and (counted is None or agent_id in counted)
    )

"""How hub and server count what is used of a budget."""

from datetime import UTC, datetime

import pytest

from tenant_daemon.contracts.budget import BudgetPeriod, TokenBudget
from tenant_daemon.contracts.counting import agents_of, applies, period_start

NOW = datetime(2026, 3, 15, 13, 45, tzinfo=UTC)


def at(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "began", "now", "expected"),
    [
        (BudgetPeriod.DAY, None, NOW, at(2026, 3, 15)),
        (BudgetPeriod.MONTH, None, NOW, at(2026, 3, 1)),
        (BudgetPeriod.PLAN, at(2025, 7, 3, 9), NOW, at(2026, 3, 3, 9)),
        (BudgetPeriod.PLAN, at(2025, 7, 20, 9), NOW, at(2026, 2, 20, 9)),
        (BudgetPeriod.PLAN, at(2025, 1, 31, 9), NOW, at(2026, 2, 28, 9)),
        (BudgetPeriod.PLAN, at(2025, 1, 31, 9), at(2026, 3, 31, 9), at(2026, 3, 31, 9)),
        (BudgetPeriod.PLAN, at(2025, 12, 20), at(2026, 1, 5), at(2025, 12, 20)),
    ],
)
def test_period_begins_where_it_should(
    period: BudgetPeriod, began: datetime | None, now: datetime, expected: datetime
) -> None:
    budget = TokenBudget(period=period, tokens=1, plan_began_at=began)
    assert period_start(budget, now) == expected


def test_budget_of_the_plan_must_know_its_beginning() -> None:
    with pytest.raises(ValueError, match="plan_began_at"):
        TokenBudget(period=BudgetPeriod.PLAN, tokens=1)


def test_budget_holds_between_its_dates() -> None:
    budget = TokenBudget(
        period=BudgetPeriod.DAY, tokens=1, applies_from=at(2026, 3, 1), applies_until=at(2026, 4, 1)
    )
    moments = (at(2026, 2, 28), at(2026, 3, 1), at(2026, 3, 31), at(2026, 4, 1))
    assert [applies(budget, moment) for moment in moments] == [False, True, True, False]


def test_tree_holds_those_who_work_for_an_agent_and_for_them() -> None:
    parents = {"dispatcher": None, "sales": "dispatcher", "caller": "sales", "it-admin": None}

    def of(agent_id: str | None, *, tree: bool = False) -> frozenset[str] | None:
        budget = TokenBudget(period=BudgetPeriod.DAY, tokens=1, agent_id=agent_id, with_sub_agents=tree)
        return agents_of(budget, parents)

    assert of("dispatcher", tree=True) == {"dispatcher", "sales", "caller"}
    assert of("sales", tree=True) == {"sales", "caller"}
    assert of("dispatcher") == {"dispatcher"}
    assert of(None) is None


def test_agents_that_work_for_each_other_are_one_tree() -> None:
    budget = TokenBudget(period=BudgetPeriod.DAY, tokens=1, agent_id="a", with_sub_agents=True)
    assert agents_of(budget, {"a": "b", "b": "a"}) == {"a", "b"}

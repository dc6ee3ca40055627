"""From hours to days and budgets."""

from datetime import UTC, date, datetime, timedelta

import pytest

from letsbe_app.composition import Services
from letsbe_app.errors import NotFound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.workforce.agents.budgets import Budget
from letsbe_app.workforce.agents.schemas import AgentChanges
from letsbe_app.workforce.usage.report import budget_states, day_lines
from letsbe_app.workforce.usage.schemas import DayLine
from tenant_daemon.contracts.budget import BudgetPeriod, TokenBudget
from tenant_daemon.contracts.usage import UsageBucket, UsageReported
from tests.support.hub import FakeClock


def at(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_hours_become_days() -> None:
    hours = [
        (at(3, 1, 23), "sales", "m", 5),
        (at(3, 2, 0), "sales", "m", 7),
        (at(3, 2, 9), "sales", "m", 1),
        (at(2, 1), "sales", "m", 100),
    ]
    assert day_lines(hours, date(2026, 3, 1)) == [
        DayLine(date(2026, 3, 1), "sales", "m", 5),
        DayLine(date(2026, 3, 2), "sales", "m", 8),
    ]


def test_budget_of_a_tree_counts_those_that_work_for_it() -> None:
    parents = {"boss": None, "helper": "boss", "helpers-helper": "helper", "other": None, "a": "b", "b": "a"}
    hours = [(at(3, 20, 1), agent_id, "m", 10) for agent_id in parents] + [(at(3, 19), "boss", "m", 1_000)]
    budgets = [
        TokenBudget(period=BudgetPeriod.DAY, tokens=100),
        TokenBudget(period=BudgetPeriod.DAY, tokens=100, agent_id="boss"),
        TokenBudget(period=BudgetPeriod.DAY, tokens=100, agent_id="boss", with_sub_agents=True),
    ]
    states = budget_states(budgets, parents, hours, at(3, 20, 5))
    assert [state.used_tokens for state in states] == [60, 10, 30]


def test_the_hour_in_which_a_plan_began_belongs_to_it() -> None:
    began_at = at(3, 20, 9).replace(minute=31)
    budget = TokenBudget(period=BudgetPeriod.PLAN, tokens=100, plan_began_at=began_at)
    hours = [(at(3, 20, hour), "sales", "m", 10) for hour in (8, 9, 10)]

    [state] = budget_states([budget], {"sales": None}, hours, at(3, 20, 11))
    assert (state.used_tokens, state.began_at) == (20, began_at)


async def test_report_of_a_server(
    services: Services, owner: Actor, stranger: Actor, tenant_id: str, clock: FakeClock
) -> None:
    hour = clock().replace(minute=0, second=0, microsecond=0)
    buckets = [
        UsageBucket(
            hour=hour - timedelta(days=days),
            agent_id="sales",
            model="m",
            revision=1,
            prompt_tokens=40,
            completion_tokens=2,
            cached_tokens=0,
            request_count=1,
        )
        for days in (0, 1, 60)
    ]
    await services.usage.record(tenant_id, UsageReported(buckets=buckets))
    changes = AgentChanges(budgets=[Budget("day", False, 1_000)])
    await services.agents.update(owner, tenant_id, "sales", changes)
    report = await services.usage.report(owner, tenant_id)
    assert [line.used_tokens for line in report.days] == [42, 42]
    assert (report.until - report.since).days == 29
    assert [(one.agent_id, one.used_tokens) for one in report.budgets if one.agent_id] == [("sales", 42)]
    assert report.budgets[0].period == "plan"
    with pytest.raises(NotFound):
        await services.usage.report(stranger, tenant_id)

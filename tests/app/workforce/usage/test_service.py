"""Usage by revision."""

from datetime import timedelta

import pytest

from letsbe_app.composition import Services
from letsbe_app.errors import NotFound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.workforce.usage.schemas import UsageLine
from tenant_daemon.contracts.budget import BudgetPeriod, BudgetReached
from tenant_daemon.contracts.usage import UsageBucket, UsageReported
from tests.support.hub import FakeClock


def bucket(
    clock: FakeClock, revision: int, prompt_tokens: int, agent_id: str = "sales", **more: object
) -> UsageBucket:
    values = {
        "hour": clock().replace(minute=0),
        "agent_id": agent_id,
        "model": "practice",
        "revision": revision,
        "prompt_tokens": prompt_tokens,
        "completion_tokens": 1,
        "cached_tokens": 0,
        "request_count": 1,
        **more,
    }
    return UsageBucket.model_validate(values)


async def test_newer_revision_replaces_and_an_older_one_is_ignored(
    services: Services, owner: Actor, tenant_id: str, clock: FakeClock
) -> None:
    for revision, tokens in ((1, 10), (3, 30), (2, 20), (3, 30)):
        await services.usage.record(tenant_id, UsageReported(buckets=[bucket(clock, revision, tokens)]))
    summary = await services.usage.summary(owner, tenant_id)
    assert summary.lines == [UsageLine("sales", "practice", 30, 1, 0, 1, 0)]
    assert summary.used_tokens == 31


async def test_summary_is_of_this_month_most_used_first(
    services: Services, owner: Actor, tenant_id: str, clock: FakeClock
) -> None:
    last_month = {"hour": clock() - timedelta(days=40)}
    buckets = [
        bucket(clock, 1, 10, "sales"),
        bucket(clock, 1, 500, "marketing"),
        bucket(clock, 1, 7, "sales", hour=clock() - timedelta(hours=2)),
        bucket(clock, 1, 9_999, "sales", **last_month),
    ]
    await services.usage.record(tenant_id, UsageReported(buckets=buckets))
    summary = await services.usage.summary(owner, tenant_id)
    assert [(line.agent_id, line.used_tokens) for line in summary.lines] == [
        ("marketing", 501),
        ("sales", 19),
    ]
    assert summary.used_tokens == 520


async def test_stranger_finds_nothing(services: Services, stranger: Actor, tenant_id: str) -> None:
    with pytest.raises(NotFound):
        await services.usage.summary(stranger, tenant_id)


async def test_budget_alert_is_kept_once_and_shown_newest_first(
    services: Services, owner: Actor, tenant_id: str, clock: FakeClock
) -> None:
    def reached(percent: int) -> BudgetReached:
        return BudgetReached(
            percent=percent,
            period=BudgetPeriod.MONTH,
            period_began_at=clock().replace(day=1, hour=0),
            budget_tokens=100,
            used_tokens=percent,
            note=f"{percent} %",
            reached_at=clock(),
        )

    for percent in (80, 90, 80, 100):
        await services.usage.record_alert(tenant_id, reached(percent))
    summary = await services.usage.summary(owner, tenant_id)
    assert [(one.agent_id, one.note) for one in summary.alerts] == [
        ("", "100 %"),
        ("", "90 %"),
        ("", "80 %"),
    ]

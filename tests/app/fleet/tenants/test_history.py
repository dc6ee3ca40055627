"""Figures over time: a day by the minute, a month by the hour, and no more than that."""

from datetime import timedelta

import pytest
from sqlmodel import func, select

from letsbe_app.composition import Services
from letsbe_app.db.models import HeartbeatHour, HeartbeatSample
from letsbe_app.fleet.tenants.history import Span
from letsbe_app.people.authz.actor import Actor
from tests.support.hub import FakeClock, paid_order
from tests.support.portal import heartbeat


@pytest.fixture
async def tenant_id(services: Services, owner: Actor) -> str:
    return (await paid_order(services, owner))[1]


async def beat(services: Services, tenant_id: str, cpu: float | None, *, is_ready: bool = True) -> None:
    told = heartbeat().model_copy(update={"cpu_percent": cpu, "is_ready": is_ready})
    await services.tenants.record_heartbeat(tenant_id, told)


async def test_a_minute_has_its_newest_figures_and_an_hour_the_means_of_its_minutes(
    services: Services, owner: Actor, tenant_id: str, clock: FakeClock
) -> None:
    for cpu, seconds in ((10.0, 20), (20.0, 40), (40.0, 60), (None, 60), (70.0, 0)):
        await beat(services, tenant_id, cpu)
        clock.advance(seconds=seconds)

    day = await services.tenants.history(owner, tenant_id, Span.DAY)
    month = await services.tenants.history(owner, tenant_id, Span.MONTH)
    assert (day.step_seconds, [one.cpu_percent for one in day.samples]) == (60, [20.0, 40.0, None, 70.0])
    assert (month.step_seconds, len(month.samples)) == (3_600, 1)
    assert day.samples[0].memory_percent == month.samples[0].memory_percent
    # Of 10 and 40, which began their minutes; the one that is not known counts as they do; and of 70.
    assert month.samples[0].cpu_percent == 36.25


async def test_an_hour_was_ready_when_most_of_it_was(
    services: Services, owner: Actor, tenant_id: str, clock: FakeClock
) -> None:
    for is_ready in (True, False, False):
        await beat(services, tenant_id, 10, is_ready=is_ready)
        clock.advance(minutes=1)

    [hour] = (await services.tenants.history(owner, tenant_id, Span.MONTH)).samples
    assert not hour.is_ready


async def test_what_is_too_old_goes(
    services: Services, owner: Actor, tenant_id: str, clock: FakeClock
) -> None:
    for days in (0, 1, 29, 31):
        clock.advance(days=days)
        await beat(services, tenant_id, 10)
    async with services.database.read() as session:
        minutes, hours = [
            (await session.exec(select(func.count()).select_from(table))).one()
            for table in (HeartbeatSample, HeartbeatHour)
        ]

    assert (minutes, hours) == (1, 1)
    clock.advance(days=timedelta(days=30).days, hours=1)
    assert (await services.tenants.history(owner, tenant_id, Span.MONTH)).samples == []

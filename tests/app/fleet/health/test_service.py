"""Servers that go and come back, as the jobs process sees them."""

import pytest
from sqlmodel import col, select, update

from letsbe_app.composition import Services
from letsbe_app.db.models import OutgoingEvent, Tenant, TenantStatus
from letsbe_app.fleet.health.service import HealthService
from letsbe_app.notify.inbox import kind_of
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.events.service import Event
from tests.support.hub import FakeClock, paid_order


@pytest.fixture
async def tenant_id(services: Services, owner: Actor) -> str:
    _, made = await paid_order(services, owner)
    heartbeat = {"daemon_version": "1", "openclaw_version": "1", "config_version": 1, "is_ready": True}
    async with services.database.write() as session:
        await session.exec(
            update(Tenant)
            .where(col(Tenant.id) == made)
            .values(status=TenantStatus.ACTIVE, heartbeat=heartbeat)
        )
    return made


async def told(services: Services) -> list[tuple[str, str]]:
    async with services.database.read() as session:
        rows = (await session.exec(select(OutgoingEvent).order_by(col(OutgoingEvent.id)))).all()
    return [(row.data["previous"], row.data["state"]) for row in rows if row.type == "health.changed"]


async def test_going_and_coming_back_is_told_once_each(
    services: Services, clock: FakeClock, tenant_id: str
) -> None:
    health = HealthService(services.database, services.relay, clock=clock)
    link = "00000000000000000001lnk_1"
    await services.relay.presence.renew(tenant_id, link)
    assert await health.look() == 0
    await services.relay.presence.release(tenant_id, link)
    for _ in range(10):
        await health.look()
        clock.advance(minutes=1)
    assert await told(services) == [("well", "offline")]
    await services.relay.presence.renew(tenant_id, link)
    for _ in range(3):
        await health.look()
        clock.advance(minutes=1)

    assert await told(services) == [("well", "offline"), ("offline", "well")]


@pytest.mark.parametrize(
    ("part", "kind"), [("vault", "server_locked"), ("disk", "server_full"), ("proxy", "server_offline")]
)
async def test_owners_are_told_why_a_server_is_away_where_it_has_said_so(
    services: Services, clock: FakeClock, tenant_id: str, part: str, kind: str
) -> None:
    health = HealthService(services.database, services.relay, clock=clock)
    link = "00000000000000000001lnk_1"
    await services.relay.presence.renew(tenant_id, link)
    await health.look()
    await services.relay.presence.release(tenant_id, link)
    async with services.database.write() as session:
        tenant = await session.get(Tenant, tenant_id)
        assert tenant is not None
        sick = {"name": part, "is_healthy": False, "detail": "full"}
        tenant.heartbeat = {**tenant.heartbeat, "components": [sick]}
    for _ in range(5):
        await health.look()
        clock.advance(minutes=1)
    async with services.database.read() as session:
        [row] = (
            await session.exec(select(OutgoingEvent).where(OutgoingEvent.type == "health.changed"))
        ).all()
    told = kind_of(Event(row.id, row.customer_id, row.tenant_id, row.type, row.data, row.created_at))
    assert told is not None
    assert told.name == kind


async def test_a_server_that_is_first_seen_is_no_news(
    services: Services, clock: FakeClock, tenant_id: str
) -> None:
    health = HealthService(services.database, services.relay, clock=clock)
    await health.look()

    assert await told(services) == []

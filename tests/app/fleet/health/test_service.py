"""Servers that go and come back, as the jobs process sees them."""

from typing import Any

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
        tenant.heartbeat = {**tenant.heartbeat, "components": sick(part)}
    for _ in range(5):
        await health.look()
        clock.advance(minutes=1)
    assert await words(services) == [kind]


async def words(services: Services) -> list[str | None]:
    """What owners are told of each change, None where they are told nothing."""
    async with services.database.read() as session:
        rows = (await session.exec(select(OutgoingEvent).order_by(col(OutgoingEvent.id)))).all()
    events = [
        Event(row.id, row.customer_id, row.tenant_id, row.type, row.data, row.created_at)
        for row in rows
        if row.type == "health.changed"
    ]
    return [kind.name if (kind := kind_of(event)) else None for event in events]


async def set_heartbeat(services: Services, tenant_id: str, **figures: Any) -> None:
    async with services.database.write() as session:
        tenant = await session.get_one(Tenant, tenant_id)
        tenant.heartbeat = {**(tenant.heartbeat or {}), **figures}


def sick(part: str) -> list[dict[str, Any]]:
    return [{"name": part, "is_healthy": False, "detail": "x"}]


@pytest.mark.parametrize(
    ("figures", "kind"),
    [
        ({"is_ready": False, "components": sick("vault")}, "server_locked"),
        ({"is_ready": False, "components": sick("disk")}, "server_full"),
        ({"disk_used_bytes": 96, "disk_total_bytes": 100}, "server_nearly_full"),
        ({"is_ready": False, "components": sick("openclaw")}, "agents_down"),
        ({"is_ready": False, "components": sick("proxy")}, None),
    ],
)
async def test_owners_are_told_what_is_wrong_with_a_server_that_answers(
    services: Services, clock: FakeClock, tenant_id: str, figures: dict[str, Any], kind: str | None
) -> None:
    """From away to here and not well is no good news, and being well after either is."""
    await services.agents.create_defaults(tenant_id)
    health = HealthService(services.database, services.relay, clock=clock)
    link = "00000000000000000001lnk_1"

    async def minutes(count: int) -> None:
        for _ in range(count):
            await health.look()
            clock.advance(minutes=1)

    await services.relay.presence.renew(tenant_id, link)
    await minutes(1)
    await services.relay.presence.release(tenant_id, link)
    await minutes(5)
    await set_heartbeat(services, tenant_id, **figures)
    await services.relay.presence.renew(tenant_id, link)
    await minutes(8)
    await set_heartbeat(
        services, tenant_id, is_ready=True, components=[], disk_used_bytes=None, disk_total_bytes=None
    )
    await minutes(3)

    assert await told(services) == [("well", "offline"), ("offline", "degraded"), ("degraded", "well")]
    assert await words(services) == ["server_offline", kind, "server_back"]


async def test_a_server_without_agents_does_not_fail_to_start_them(
    services: Services, clock: FakeClock, tenant_id: str
) -> None:
    """OpenClaw does not run there, and that is as it should be."""
    health = HealthService(services.database, services.relay, clock=clock)
    await services.relay.presence.renew(tenant_id, "00000000000000000001lnk_1")
    await health.look()
    await set_heartbeat(services, tenant_id, is_ready=False, components=sick("openclaw"))
    for _ in range(8):
        await health.look()
        clock.advance(minutes=1)

    assert await told(services) == [("well", "degraded")]
    assert await words(services) == [None]


async def test_a_server_that_is_first_seen_is_no_news(
    services: Services, clock: FakeClock, tenant_id: str
) -> None:
    health = HealthService(services.database, services.relay, clock=clock)
    await health.look()

    assert await told(services) == []

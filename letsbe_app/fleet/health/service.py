"""Looks at every server now and then, and tells when one's health has changed and stayed so."""

from collections.abc import Sequence

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Agent, Tenant, TenantHealth, TenantStatus
from letsbe_app.db.session import Database
from letsbe_app.fleet.health.states import AGENTS, Health, Standing, cause_of, health_of, step
from letsbe_app.fleet.tenants.schemas import heartbeat_of
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.people.events.catalog import HealthChanged
from letsbe_app.people.events.service import record_event
from letsbe_app.relay import Relay, Topic

log = structlog.get_logger()

_PAGE = 200


class HealthService:
    """For the jobs process."""

    def __init__(self, database: Database, relay: Relay, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._relay = relay
        self._clock = clock

    async def look(self) -> int:
        """
        Look at every server that is set up; gives how many changed.

        Raises:
            RelayAway: Nobody can tell who is online, so nobody is called offline.
        """
        changed, last = 0, ""
        await self._relay.ping()
        while page := await self._page(last):
            online = await self._relay.presence.online_among([tenant.id for tenant, _ in page])
            for tenant, row in page:
                changed += await self._look_at(tenant, row, is_online=tenant.id in online)
            last = page[-1][0].id
        return changed

    async def _page(self, after: str) -> Sequence[tuple[Tenant, TenantHealth | None]]:
        statement = (
            select(Tenant, TenantHealth)
            .outerjoin(TenantHealth, col(TenantHealth.tenant_id) == col(Tenant.id))
            .where(Tenant.status == TenantStatus.ACTIVE, col(Tenant.id) > after)
            .order_by(col(Tenant.id))
            .limit(_PAGE)
        )
        async with self._database.read() as session:
            return (await session.exec(statement)).all()

    async def _look_at(self, tenant: Tenant, row: TenantHealth | None, *, is_online: bool) -> bool:
        seen, now = health_of(heartbeat_of(tenant), is_online=is_online), self._clock()
        before = _standing(row) if row is not None else None
        after = step(before, seen, now) if before else Standing(seen, now, seen, now)
        if after == before:
            return False
        has_changed = before is not None and after.state is not before.state
        async with self._database.write() as session:
            await _keep(session, tenant.id, after)
            if has_changed and before is not None:
                told = HealthChanged(
                    server_id=tenant.id,
                    state=after.state,
                    previous=before.state,
                    since=after.since,
                    cause=await _cause(session, tenant, after.state),
                )
                record_event(session, tenant.customer_id, told, tenant_id=tenant.id)
        if has_changed:
            log.warning("tenant.health_changed", tenant_id=tenant.id, state=after.state)
            await self._relay.publisher.wake_jobs(tenant.id)
            await self._relay.publisher.announce(tenant.customer_id, Topic.TENANT, tenant.id)
        return has_changed


async def _cause(session: AsyncSession, tenant: Tenant, state: Health) -> str:
    cause = cause_of(heartbeat_of(tenant), state)
    if cause != AGENTS:
        return cause
    # OpenClaw does not run without agents, and that is as it should be.
    some = (await session.exec(select(Agent.agent_id).where(Agent.tenant_id == tenant.id).limit(1))).first()
    return cause if some else ""


def _standing(row: TenantHealth) -> Standing:
    return Standing(Health(row.state), row.since, Health(row.seen_state), row.seen_since)


async def _keep(session: AsyncSession, tenant_id: str, standing: Standing) -> None:
    row = await session.get(TenantHealth, tenant_id)
    if row is None:
        row = TenantHealth(
            tenant_id=tenant_id, state="", since=standing.since, seen_state="", seen_since=standing.since
        )
        session.add(row)
    row.state, row.since = standing.state, standing.since
    row.seen_state, row.seen_since = standing.seen, standing.seen_since

"""Usage as servers report it and owners read it."""

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Final, Protocol

import structlog

from letsbe_app.db.models import Tenant
from letsbe_app.db.session import Database
from letsbe_app.errors import InvalidInput
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.ownership import owned_tenant
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.people.events import catalog as events
from letsbe_app.people.events.service import record_event
from letsbe_app.workforce.usage import repository
from letsbe_app.workforce.usage.prices import price_list
from letsbe_app.workforce.usage.report import budget_states, day_lines
from letsbe_app.workforce.usage.schemas import UsageAlertView, UsageLine, UsageReport, UsageSummary
from tenant_daemon.contracts.budget import BudgetReached
from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.contracts.usage import UsageReported

log = structlog.get_logger()

_ALERTS = 20
_AGENT_LENGTH: Final = 40
_MODEL_LENGTH: Final = 120
DAYS: Final = 30
"""Of a report."""


class WantedConfigs(Protocol):
    """Who knows a server's agents and budgets."""

    async def wanted_config(self, tenant_id: str) -> TenantConfig:
        """The configuration that the server should have in force."""


class UsageService:
    """Buckets of one hour, agent and model."""

    def __init__(self, database: Database, configs: WantedConfigs, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._configs = configs
        self._clock = clock
        self._prices = price_list()

    async def record(self, tenant_id: str, report: UsageReported) -> None:
        """Keep what is newer than what is there, by each bucket's revision; raises InvalidInput."""
        if any(len(one.agent_id) > _AGENT_LENGTH or len(one.model) > _MODEL_LENGTH for one in report.buckets):
            raise InvalidInput.of_field("buckets", "The name of an agent or a model is too long.")
        async with self._database.write() as session:
            changed = [await repository.replace(session, tenant_id, bucket) for bucket in report.buckets]
            if any(changed):
                tenant = await session.get_one(Tenant, tenant_id)
                told = events.UsageRecorded(server_id=tenant_id, buckets=sum(changed))
                record_event(session, tenant.customer_id, told, tenant_id=tenant_id)
        log.info("usage.recorded", tenant_id=tenant_id, buckets=len(changed), changed=sum(changed))

    async def record_alert(self, tenant_id: str, reached: BudgetReached) -> None:
        """Keep what a server says of a budget; the same again changes nothing."""
        async with self._database.write() as session:
            is_new = await repository.add_alert(session, tenant_id, reached)
            if is_new:
                tenant = await session.get_one(Tenant, tenant_id)
                record_event(session, tenant.customer_id, _told(tenant_id, reached), tenant_id=tenant_id)
        if is_new:
            log.info(
                "usage.budget_reached",
                tenant_id=tenant_id,
                agent_id=reached.agent_id,
                percent=reached.percent,
                period=reached.period,
            )

    async def report(self, actor: Actor, tenant_id: str) -> UsageReport:
        """The last 30 days, and every budget that is in force."""
        require(actor, Permission.READ)
        now = self._clock()
        until = now.astimezone(UTC).date()
        since = until - timedelta(days=DAYS - 1)
        async with self._database.read() as session:
            await owned_tenant(session, actor, tenant_id)
            # No period is longer than 31 days.
            hours = await repository.hours(session, tenant_id, now - timedelta(days=DAYS + 2))
        config = await self._configs.wanted_config(tenant_id)
        parents = config.parents()
        return UsageReport(
            since=since,
            until=until,
            days=day_lines(hours, since, self._prices),
            budgets=budget_states(config.budgets, parents, hours, now),
        )

    async def summary(self, actor: Actor, tenant_id: str) -> UsageSummary:
        """The tokens of one of the actor's servers since the first of this month (UTC)."""
        require(actor, Permission.READ)
        since = self._clock().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        async with self._database.read() as session:
            await owned_tenant(session, actor, tenant_id)
            lines = sorted(
                map(self._priced, await repository.totals(session, tenant_id, since)),
                key=lambda line: line.used_tokens,
                reverse=True,
            )
            found = await repository.alerts(session, tenant_id, since, _ALERTS)
        alerts = [UsageAlertView(row.agent_id, row.percent, row.note, row.reached_at) for row in found]
        return UsageSummary(
            tenant_id,
            since,
            sum(line.used_tokens for line in lines),
            lines,
            alerts,
            sum(line.cost_micro_eur for line in lines),
        )

    def _priced(self, line: UsageLine) -> UsageLine:
        return replace(line, cost_micro_eur=self._prices.cost(line.model, line.used_tokens))


def _told(tenant_id: str, reached: BudgetReached) -> events.UsageAlert:
    return events.UsageAlert(
        server_id=tenant_id,
        agent_id=reached.agent_id or "",
        period=reached.period,
        percent=reached.percent,
        used_tokens=reached.used_tokens,
        budget_tokens=reached.budget_tokens,
    )

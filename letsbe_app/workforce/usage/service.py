"""Usage as servers report it and owners read it."""

import structlog

from letsbe_app.db.session import Database
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.ownership import owned_tenant
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.workforce.usage import repository
from letsbe_app.workforce.usage.schemas import UsageSummary
from tenant_daemon.contracts.usage import UsageReported

log = structlog.get_logger()


class UsageService:
    """Buckets of one hour, agent and model."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def record(self, tenant_id: str, report: UsageReported) -> None:
        """Keep what is newer than what is there, by each bucket's revision."""
        async with self._database.write() as session:
            changed = [await repository.replace(session, tenant_id, bucket) for bucket in report.buckets]
        log.info("usage.recorded", tenant_id=tenant_id, buckets=len(changed), changed=sum(changed))

    async def summary(self, actor: Actor, tenant_id: str) -> UsageSummary:
        """The tokens of one of the actor's servers since the first of this month (UTC)."""
        require(actor, Permission.READ)
        since = self._clock().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        async with self._database.read() as session:
            await owned_tenant(session, actor, tenant_id)
            lines = sorted(
                await repository.totals(session, tenant_id, since),
                key=lambda line: line.used_tokens,
                reverse=True,
            )
        return UsageSummary(tenant_id, since, sum(line.used_tokens for line in lines), lines)

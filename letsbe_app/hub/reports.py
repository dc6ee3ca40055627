"""Single reports of a server over HTTP; see ``tenant_daemon/contracts/reports.py``."""

from letsbe_app.fleet.tenants.schemas import TenantIdentity
from letsbe_app.hub.deliveries import Deliveries
from letsbe_app.hub.ports import LinkServices
from letsbe_app.hub.session import LinkSession
from letsbe_app.kit.clock import Clock, utc_now
from tenant_daemon.contracts.approvals import ApprovalRequested
from tenant_daemon.contracts.commands import ConfigApplied
from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.contracts.envelope import HubEnvelope
from tenant_daemon.contracts.health import Heartbeat
from tenant_daemon.contracts.reports import (
    MAX_COMMANDS,
    ApprovalResponse,
    HeartbeatAnswer,
    HeartbeatReport,
)
from tenant_daemon.contracts.usage import UsageReported


class TenantReports:
    """One per request of a server that was authenticated. A second delivery changes nothing."""

    def __init__(self, identity: TenantIdentity, services: LinkServices, *, clock: Clock = utc_now) -> None:
        self._tenant_id = identity.tenant_id
        self._customer_id = identity.customer_id
        self._services = services
        self._clock = clock

    async def heartbeat(self, report: HeartbeatReport) -> HeartbeatAnswer:
        """Keep the figures, forget what the server has taken, and tell what waits for it."""
        if report.taken:
            # The same confirmation as over the link: people see that their message has arrived.
            session = LinkSession(self._tenant_id)
            deliveries = Deliveries(self._tenant_id, self._customer_id, session, self._services)
            await deliveries.confirm(report.taken)
        figures = Heartbeat.model_validate(report.model_dump(exclude={"taken"}))
        await self._services.tenants.record_heartbeat(self._tenant_id, figures)
        return HeartbeatAnswer(
            config_version=await self._services.agents.wanted_version(self._tenant_id),
            commands=await self._commands(),
            server_time=self._clock(),
        )

    async def config(self) -> TenantConfig:
        """What the server should have in force."""
        return await self._services.tenants.wanted_config(self._tenant_id)

    async def config_applied(self, report: ConfigApplied) -> None:
        """Note what became of a configuration."""
        await self._services.tenants.record_config_applied(self._tenant_id, report)

    async def usage(self, report: UsageReported) -> None:
        """Keep buckets that are newer than what is there."""
        await self._services.usage.record(self._tenant_id, report)

    async def approval_request(self, asked: ApprovalRequested) -> ApprovalResponse:
        """Bring a question before people; raises Conflict for another server's id."""
        await self._services.approvals.request(self._tenant_id, asked)
        return await self.approval_response(asked.approval_id)

    async def approval_response(self, approval_id: str) -> ApprovalResponse:
        """Where a question of this server's stands; raises NotFound."""
        return await self._services.approvals.response(self._tenant_id, approval_id)

    async def _commands(self) -> list[HubEnvelope]:
        async with self._services.database.read() as session:
            waiting = await self._services.relay.outbox.waiting(session, self._tenant_id, MAX_COMMANDS)
        now = self._clock()
        return [
            HubEnvelope.model_validate({"id": one.id, "sent_at": now, "payload": one.payload})
            for one in waiting
        ]

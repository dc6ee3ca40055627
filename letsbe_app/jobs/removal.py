"""
Ending servers whose business was deleted, as a durable workflow.

Its people are signed out, its keys void and its rows gone when the business is deleted; what is left is the
machine itself. The server's record keeps the provider's name for it until it is gone there.
"""

from dataclasses import dataclass

import structlog
from dbos import DBOS, DBOSConfiguredInstance, SetWorkflowID, StepOptions

from letsbe_app.fleet.provisioning.providers.base import Server, ServerProvider
from letsbe_app.fleet.tenants.service import TenantService
from letsbe_app.telemetry import metrics

log = structlog.get_logger()


@dataclass(frozen=True)
class Remover:
    """The steps; their order and their durability are the workflow's."""

    tenants: TenantService
    provider: ServerProvider

    async def waiting(self) -> list[Server]:
        """Servers that are removed here and not yet at the provider."""
        rows = await self.tenants.left_at(self.provider.name)
        return [Server(row.id, row.name, row.provider_ref) for row in rows]

    async def remove(self, server: Server) -> None:
        """Stop the machine and delete everything on it; harmless when that was done before."""
        await self.provider.remove(server)
        log.warning("tenant.machine_removed", tenant_id=server.tenant_id)

    async def forget(self, server: Server) -> None:
        """Its place is free."""
        await self.tenants.set_provider_ref(server.tenant_id, "")
        metrics.JOBS.labels("remove", "done").inc()


@DBOS.dbos_class("RemovalWorkflow")
class RemovalWorkflow(DBOSConfiguredInstance):
    """Build it before the engine is launched."""

    def __init__(self, remover: Remover) -> None:
        super().__init__(config_name="removal")
        self._remover = remover

    async def start_waiting(self) -> None:
        """Begin with every server that waits; harmless for those that were begun before."""
        for server in await self._remover.waiting():
            with SetWorkflowID(f"remove-{server.tenant_id}"):
                await DBOS.start_workflow_async(self.run, server.tenant_id, server.name, server.ref)

    @DBOS.workflow(name="remove")
    async def run(self, tenant_id: str, name: str, ref: str) -> str:
        """From a removed record to a machine that is gone."""
        server, remover = Server(tenant_id, name, ref), self._remover
        await DBOS.run_step_async(_stubborn("remove"), remover.remove, server)
        await DBOS.run_step_async(_stubborn("forget"), remover.forget, server)
        return "removed"


def _stubborn(name: str) -> StepOptions:
    """A provider that is away is asked for most of a day."""
    return StepOptions(
        name=name, retries_allowed=True, interval_seconds=5.0, max_attempts=14, backoff_rate=2.0
    )

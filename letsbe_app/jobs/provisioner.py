"""
What each provisioning step does. Every step may run again after a crash, and then does what is missing.

A step gives a sentence about what it found, or raises StepFailed with one for the customer.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import structlog

from letsbe_app.db.models import OrderStatus, Tenant, TenantStatus
from letsbe_app.errors import LetsBeError, NotFound
from letsbe_app.fleet.provisioning.providers.base import ProviderFailed, Server, ServerProvider
from letsbe_app.fleet.provisioning.schemas import Work
from letsbe_app.fleet.provisioning.service import ProvisioningService
from letsbe_app.fleet.provisioning.steps import StepName
from letsbe_app.fleet.tenants.schemas import heartbeat_of
from letsbe_app.fleet.tenants.service import TenantService
from letsbe_app.jobs.wakes import JobWakes
from letsbe_app.shop.orders.service import OrderService
from letsbe_app.telemetry import metrics
from letsbe_app.telemetry.tracing import span
from tenant_daemon.contracts.health import Heartbeat

log = structlog.get_logger()

WAIT_SECONDS: Final = 240.0
_GUARDS: Final = ("proxy", "wrapper")
_OPENCLAW: Final = "openclaw"
_GONE: Final = "The business was deleted."


class StepFailed(Exception):
    """The step did not work; the text is for the customer."""


class Agents(Protocol):
    """Who hires the agents."""

    async def create_defaults(self, tenant_id: str) -> None:
        """Give the server its default agents; those that it has stay as they are."""


class Provisioner:
    """Runs single steps; their order and their durability are the workflow's."""

    def __init__(
        self,
        provisioning: ProvisioningService,
        tenants: TenantService,
        orders: OrderService,
        agents: Agents,
        provider: ServerProvider,
        wakes: JobWakes,
        *,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._provisioning = provisioning
        self._tenants = tenants
        self._orders = orders
        self._agents = agents
        self._provider = provider
        self._wakes = wakes
        self._wait_seconds = wait_seconds
        self._reserving = asyncio.Lock()
        self._actions: dict[StepName, Callable[[Tenant], Awaitable[str]]] = {
            StepName.RESERVE: self._reserve,
            StepName.DISK: self._prepare,
            StepName.KEYS: self._enrol,
            StepName.AGENTS: self._hire,
            StepName.START: self._start,
            StepName.HEARTBEAT: self._first_heartbeat,
            StepName.GUARDS: self._guards,
            StepName.OPENCLAW: self._openclaw,
            StepName.TOOLS: self._tools,
            StepName.HANDOVER: self._hand_over,
        }

    async def begin(self, work: Work) -> None:
        """The order is being worked on."""
        if await self._is_gone(work):
            return
        await self._orders.move(work.order_id, OrderStatus.PROVISIONING)

    async def run(self, work: Work, name: StepName) -> str:
        """Run one step and keep its record; gives why it failed, or an empty text."""
        if await self._is_gone(work):
            return _GONE
        if await self._provisioning.is_done(work.order_id, name):
            return ""
        await self._provisioning.begin(work.order_id, name)
        try:
            with metrics.JOB_SECONDS.labels(name.value).time(), span(f"provision {name.value}"):
                detail = await self._actions[name](await self._tenants.row(work.tenant_id))
        except (StepFailed, ProviderFailed, LetsBeError) as exc:
            return str(exc) or "This step did not work."
        except Exception as exc:
            # Whatever it was, the owner must not wait for ever.
            log.error("provisioning.step_error", order_id=work.order_id, step=name.value, exc_info=exc)
            return "Something went wrong on our side. We have noted it; please try again."
        if await self._is_gone(work):
            return _GONE
        await self._provisioning.finish(work.order_id, name, detail)
        return ""

    async def give_up(self, work: Work, name: StepName, reason: str) -> None:
        """Tell the owner what went wrong, until they try again."""
        if await self._is_gone(work):
            return
        # The order first: once the server's state is announced, pages look at both.
        metrics.JOBS.labels("provision", "failed").inc()
        await self._orders.move(work.order_id, OrderStatus.FAILED, reason)
        await self._provisioning.fail(work, name, reason)

    async def complete(self, work: Work) -> None:
        """The server is its owner's."""
        if await self._is_gone(work):
            return
        metrics.JOBS.labels("provision", "done").inc()
        await self._orders.move(work.order_id, OrderStatus.ACTIVE)
        await self._provisioning.complete(work)

    async def _is_gone(self, work: Work) -> bool:
        """Whether the business was deleted meanwhile: there is nobody to tell, and removing has begun."""
        try:
            await self._tenants.row(work.tenant_id)
        except NotFound:
            log.info("provisioning.business_gone", tenant_id=work.tenant_id)
            return True
        return False

    async def _reserve(self, tenant: Tenant) -> str:
        # One at a time: the next one must see the place that this one took.
        async with self._reserving:
            if not tenant.provider_ref:
                others = await self._tenants.with_status(
                    TenantStatus.PROVISIONING, TenantStatus.ACTIVE, TenantStatus.FAILED
                )
                taken = {other.provider_ref for other in others if other.provider_ref}
                ref = await self._provider.reserve(tenant.id, taken)
                await self._tenants.set_provider_ref(tenant.id, ref)
        return ""

    async def _prepare(self, tenant: Tenant) -> str:
        return await self._provider.prepare(_server(tenant))

    async def _enrol(self, tenant: Tenant) -> str:
        # Token and key never leave this step: what a step returns is written down by the workflow engine.
        token = await self._tenants.issue_token(tenant.id)
        await self._provider.enrol(_server(tenant), token)
        return ""

    async def _hire(self, tenant: Tenant) -> str:
        await self._agents.create_defaults(tenant.id)
        return ""

    async def _start(self, tenant: Tenant) -> str:
        await self._provider.start(_server(tenant))
        return ""

    async def _first_heartbeat(self, tenant: Tenant) -> str:
        heartbeat = await self._heartbeat(tenant, lambda _heartbeat: True)
        if heartbeat is None:
            raise self._silence(tenant, "The server did not call us in time.")
        return f"It runs LetsBe {heartbeat.daemon_version} with OpenClaw {heartbeat.openclaw_version}."

    async def _guards(self, tenant: Tenant) -> str:
        if await self._heartbeat(tenant, lambda heartbeat: _are_healthy(heartbeat, _GUARDS)) is None:
            raise self._silence(tenant, "The guards did not come up in time.")
        return ""

    async def _openclaw(self, tenant: Tenant) -> str:
        if await self._heartbeat(tenant, lambda heartbeat: _are_healthy(heartbeat, (_OPENCLAW,))) is None:
            raise self._silence(tenant, "OpenClaw did not start in time.")
        return ""

    async def _tools(self, tenant: Tenant) -> str:
        if await self._heartbeat(tenant, lambda heartbeat: heartbeat.is_ready) is None:
            raise self._silence(tenant, "The server could not show that its tools are safe.")
        return ""

    async def _hand_over(self, tenant: Tenant) -> str:
        async def look() -> bool | None:
            row = await self._tenants.row(tenant.id)
            return True if row.applied_config_version >= row.config_version else None

        if await self._wakes.until(tenant.id, look, self._wait_seconds) is None:
            raise self._silence(tenant, "The agents' settings did not come into force in time.")
        return ""

    async def _heartbeat(self, tenant: Tenant, is_wanted: Callable[[Heartbeat], bool]) -> Heartbeat | None:
        """The newest heartbeat once it is as wanted; None when that takes too long."""

        async def look() -> Heartbeat | None:
            heartbeat = heartbeat_of(await self._tenants.row(tenant.id))
            if heartbeat is not None and is_wanted(heartbeat):
                return heartbeat
            reason = self._provider.why_down(tenant.id)
            if reason is not None:
                raise StepFailed(f"The server does not stay up: {reason}.")
            return None

        return await self._wakes.until(tenant.id, look, self._wait_seconds)

    def _silence(self, tenant: Tenant, words: str) -> StepFailed:
        log.warning("provisioning.waited_in_vain", tenant_id=tenant.id)
        return StepFailed(words)


def _server(tenant: Tenant) -> Server:
    return Server(tenant.id, tenant.name, tenant.provider_ref)


def _are_healthy(heartbeat: Heartbeat, names: tuple[str, ...]) -> bool:
    """Whether these parts are well; a server that is ready has all of them well, however it names them."""
    healthy = {component.name for component in heartbeat.components if component.is_healthy}
    return heartbeat.is_ready or healthy.issuperset(names)

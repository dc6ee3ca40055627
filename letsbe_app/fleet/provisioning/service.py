"""
Setting up servers: what the owner sees of it, and the record that the workflow keeps.

``Tenant.status`` is the fact that starts the work: the jobs process begins the workflow of every server
that is ``provisioning``, when it is woken and whenever it starts.
"""

from datetime import datetime

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import ProvisioningStep, StepState, Tenant, TenantStatus
from letsbe_app.db.session import Database
from letsbe_app.errors import Conflict, NotFound
from letsbe_app.fleet.provisioning import repository
from letsbe_app.fleet.provisioning.schemas import Progress, StepView, Work
from letsbe_app.fleet.provisioning.steps import STEPS, StepName
from letsbe_app.fleet.tenants.schemas import NewTenant
from letsbe_app.fleet.tenants.service import TenantService
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.people.audit.service import SYSTEM, record_act
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.people.events import catalog as events
from letsbe_app.people.events.service import record_event
from letsbe_app.relay import Relay, Topic

log = structlog.get_logger()

_EXPLANATIONS = {step.name: step for step in STEPS}


class ProvisioningService:
    """For owners the methods with an actor; for billing and jobs the others."""

    def __init__(
        self,
        database: Database,
        relay: Relay,
        tenants: TenantService,
        *,
        provider: str,
        server_limit: int,
        clock: Clock = utc_now,
    ) -> None:
        """
        Args:
            database: The hub's database.
            relay: For announcements.
            tenants: Whose records these are.
            provider: Name of the provider that makes new servers.
            server_limit: How many it makes at most.
            clock: The time.
        """
        self._database = database
        self._publisher = relay.publisher
        self._tenants = tenants
        self._provider = provider
        self._server_limit = server_limit
        self._clock = clock

    # For owners

    async def progress(self, actor: Actor, order_id: str) -> Progress:
        """How far the order's server is; raises NotFound before the order is paid."""
        require(actor, Permission.READ)
        async with self._database.read() as session:
            tenant = await self._owned(session, actor, order_id)
            steps = await repository.steps_of(session, order_id)
        failed = next((step for step in steps if step.state == StepState.FAILED), None)
        return Progress(
            order_id=order_id,
            tenant_id=tenant.id,
            status=tenant.status,
            steps=[self._view(step) for step in steps],
            failure=failed.detail if failed else "",
            can_retry=tenant.status == TenantStatus.FAILED,
        )

    async def retry(self, actor: Actor, order_id: str) -> Progress:
        """
        Go on from the step that failed.

        Raises:
            NotFound: No such order of the actor's.
            Conflict: It has not failed, or somebody has asked for this already.
        """
        require(actor, Permission.BUY)
        async with self._database.write() as session:
            tenant = await self._owned(session, actor, order_id)
            await self._begin_again(session, tenant)
            record_act(session, actor, "provisioning.retried", subject=order_id, tenant_id=tenant.id)
        await self._announce_retry(tenant)
        return await self.progress(actor, order_id)

    # For staff, which the caller has checked

    async def retry_as(self, staff_id: str, order_id: str, reason: str) -> None:
        """As ``retry``, for a member of staff who says why."""
        async with self._database.write() as session:
            tenant = await self._of_order(session, order_id)
            await self._begin_again(session, tenant)
            self._record(session, staff_id, "provisioning.retried", tenant, reason)
        await self._announce_retry(tenant)

    async def give_up_as(
        self, session: AsyncSession, staff_id: str, order_id: str, reason: str
    ) -> tuple[str, str]:
        """
        Make no further try, within the order's transaction: the server's place is free.

        Gives the ids of customer and server, for ``announce_given_up``.

        Raises:
            NotFound: No such order.
            Conflict: It has not failed.
        """
        tenant = await self._of_order(session, order_id)
        if tenant.status != TenantStatus.FAILED:
            raise Conflict("Only a set-up that has failed can be cancelled.")
        tenant.status = TenantStatus.REMOVED
        # It may have started already, and goes a while later.
        await self._tenants.drop_keys(session, tenant.id)
        told = events.ProvisioningCancelled(server_id=tenant.id, order_id=order_id)
        self._record(session, staff_id, told.type, tenant, reason)
        record_event(session, tenant.customer_id, told, tenant_id=tenant.id)
        return tenant.customer_id, tenant.id

    async def announce_given_up(self, customer_id: str, tenant_id: str) -> None:
        """After the commit: have the machine removed, and tell the owner and their pages."""
        log.info("provisioning.cancelled", tenant_id=tenant_id)
        await self._tenants.cut_link(customer_id, tenant_id)
        await self._publisher.wake_jobs(tenant_id)

    # For orders and billing

    async def ensure_room(self) -> None:
        """Raises Conflict, in words, when no further server can be made here."""
        if await self._tenants.count_living(self._provider) >= self._server_limit:
            raise Conflict(
                f"This installation runs at most {self._server_limit} servers, and all of them are taken. "
                "Whoever runs it can raise LETSBE_LOCAL_TENANT_LIMIT."
            )

    async def reserve(self, session: AsyncSession, wanted: NewTenant) -> str:
        """Add the server and its steps within the payment's transaction; gives the server's id."""
        tenant = await self._tenants.reserve(session, wanted, self._provider)
        told = events.ProvisioningStarted(server_id=tenant.id, order_id=wanted.order_id)
        record_event(session, wanted.customer_id, told, tenant_id=tenant.id)
        session.add_all(
            ProvisioningStep(id=new_id("stp"), order_id=wanted.order_id, position=position, name=step.name)
            for position, step in enumerate(STEPS, start=1)
        )
        return tenant.id

    async def announce(self, tenant_id: str) -> None:
        """After the commit: tell the jobs process that there is work."""
        await self._publisher.wake_jobs(tenant_id)

    # For jobs

    async def waiting_work(self) -> list[Work]:
        """Every server whose setting up has to be begun or to go on."""
        tenants = await self._tenants.with_status(TenantStatus.PROVISIONING)
        return [Work(tenant.id, tenant.order_id, tenant.provisioning_attempt) for tenant in tenants]

    async def is_done(self, order_id: str, name: StepName) -> bool:
        """Whether an earlier attempt has finished this step."""
        async with self._database.read() as session:
            return (await repository.step(session, order_id, name)).state == StepState.DONE

    async def begin(self, order_id: str, name: StepName) -> None:
        """The step has begun, maybe again."""
        await self._set(order_id, name, StepState.RUNNING)

    async def finish(self, order_id: str, name: StepName, detail: str) -> None:
        """The step is done."""
        await self._set(order_id, name, StepState.DONE, detail)

    async def fail(self, work: Work, name: StepName, reason: str) -> None:
        """The step did not work: the owner is told why and may try again."""
        await self._set(work.order_id, name, StepState.FAILED, reason)
        told = events.ProvisioningFailed(server_id=work.tenant_id, order_id=work.order_id, step=name.value)
        await self._settle(work, TenantStatus.FAILED, told)
        log.error("provisioning.failed", tenant_id=work.tenant_id, order_id=work.order_id, step=name.value)

    async def complete(self, work: Work) -> None:
        """Every step is done: the server is its owner's."""
        told = events.ProvisioningCompleted(server_id=work.tenant_id, order_id=work.order_id)
        await self._settle(work, TenantStatus.ACTIVE, told)
        log.info("provisioning.completed", tenant_id=work.tenant_id, order_id=work.order_id)

    async def _set(self, order_id: str, name: StepName, state: StepState, detail: str = "") -> None:
        now = self._clock()
        async with self._database.write() as session:
            step = await repository.step(session, order_id, name)
            step.state, step.detail = state, detail[:500]
            if state is StepState.RUNNING:
                step.attempts += 1
                step.started_at, step.finished_at = now, None
            else:
                step.finished_at = now
        log.info("provisioning.step", order_id=order_id, step=name.value, state=state.value)
        await self._publish(order_id)

    async def _settle(self, work: Work, status: TenantStatus, told: events.EventData) -> None:
        async with self._database.write() as session:
            tenant = await session.get_one(Tenant, work.tenant_id, with_for_update=True)
            if tenant.status == TenantStatus.REMOVED:
                # Its business was deleted meanwhile; with another status nobody would remove the machine.
                return
            tenant.status = status
            record_act(
                session,
                SYSTEM,
                told.type,
                subject=work.order_id,
                customer_id=tenant.customer_id,
                tenant_id=tenant.id,
                attempt=work.attempt,
            )
            record_event(session, tenant.customer_id, told, tenant_id=tenant.id)
        await self._publisher.wake_jobs(work.tenant_id)
        await self._publish(work.order_id)
        await self._publisher.announce(tenant.customer_id, Topic.TENANT, work.tenant_id)

    async def _publish(self, order_id: str) -> None:
        tenant = await self._tenants.of_order(order_id)
        await self._publisher.announce(tenant.customer_id, Topic.PROVISIONING, order_id)

    async def _begin_again(self, session: AsyncSession, tenant: Tenant) -> None:
        if tenant.status != TenantStatus.FAILED:
            raise Conflict("This server is not waiting for another try.")
        tenant.status = TenantStatus.PROVISIONING
        tenant.provisioning_attempt += 1
        for step in await repository.steps_of(session, tenant.order_id):
            if step.state != StepState.DONE:
                step.state, step.detail, step.started_at = StepState.WAITING, "", None

    async def _announce_retry(self, tenant: Tenant) -> None:
        await self.announce(tenant.id)
        await self._publisher.announce(tenant.customer_id, Topic.PROVISIONING, tenant.order_id)

    def _record(self, session: AsyncSession, staff_id: str, action: str, tenant: Tenant, reason: str) -> None:
        record_act(
            session,
            staff_id,
            action,
            subject=tenant.order_id,
            customer_id=tenant.customer_id,
            tenant_id=tenant.id,
            reason=reason,
        )

    async def _of_order(self, session: AsyncSession, order_id: str) -> Tenant:
        tenant = await repository.any_tenant_of_order(session, order_id)
        if tenant is None:
            raise NotFound("No server is being set up for this order.")
        return tenant

    async def _owned(self, session: AsyncSession, actor: Actor, order_id: str) -> Tenant:
        tenant = await repository.tenant_of_order(session, actor.customer_id, order_id)
        if tenant is None:
            raise NotFound("No server is being set up for this order.")
        return tenant

    def _view(self, step: ProvisioningStep) -> StepView:
        words = _EXPLANATIONS[StepName(step.name)]
        return StepView(
            name=step.name,
            title=words.title,
            explanation=words.explanation,
            state=step.state,
            detail=step.detail,
            seconds=_seconds(step.started_at, step.finished_at or self._clock()),
            usual_seconds=words.usual_seconds,
        )


def _seconds(started_at: datetime | None, until: datetime) -> float | None:
    return round((until - started_at).total_seconds(), 1) if started_at else None

"""Servers: what their owners see and switch, and what their daemons report."""

import hmac
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, StatementError
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Tenant, TenantStatus
from letsbe_app.db.session import Database
from letsbe_app.errors import InvalidInput, NotFound, NotSignedIn
from letsbe_app.fleet.tenants import repository
from letsbe_app.fleet.tenants.enrolment import Enrolment
from letsbe_app.fleet.tenants.history import Span, history_of, note_samples
from letsbe_app.fleet.tenants.schemas import (
    History,
    LinkStanding,
    NewTenant,
    TenantIdentity,
    TenantView,
    heartbeat_of,
    history_view,
    in_distress,
    tells,
    tenant_view,
)
from letsbe_app.kit.batches import Batches
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.joined import JoinedCalls
from letsbe_app.people.audit.service import record_act, tenant_actor
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.ownership import owned_tenant
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.relay import Relay, Topic
from tenant_daemon.contracts.commands import ConfigApplied, KeyRenewalAsked
from tenant_daemon.contracts.config import (
    MAX_APPROVAL_TTL_SECONDS,
    MIN_APPROVAL_TTL_SECONDS,
    TenantConfig,
)
from tenant_daemon.contracts.distress import DISK, VAULT, Distress, distress_token
from tenant_daemon.contracts.enrolment import EnrolmentGranted, EnrolmentRequest, KeyRenewed
from tenant_daemon.contracts.health import Heartbeat

log = structlog.get_logger()

_DISTRESS_ACTS: Final = {VAULT: "tenant.vault_locked", DISK: "tenant.disk_full"}

MOST_AT_ONCE: Final = 100
"""Servers in one question, when a whole fleet comes."""
MOST_HEARTBEATS: Final = 250
"""Of one transaction. Larger ones cost a little less each, and hold up tokens and memory for all of them."""
MOST_OF_A_REFUSAL: Final = 500
"""Characters."""


class WantedConfigs(Protocol):
    """Who knows how a server's agents are set up."""

    async def wanted_config(self, tenant_id: str) -> TenantConfig:
        """The configuration that the server should have in force."""


class TenantService:
    """For owners the methods with an actor; for links and jobs the ones with a server's id."""

    def __init__(
        self,
        database: Database,
        relay: Relay,
        configs: WantedConfigs,
        *,
        public_url: str,
        is_practice: bool,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._presence = relay.presence
        self._publisher = relay.publisher
        self._outbox = relay.outbox
        self._configs = configs
        self._is_practice = is_practice
        self._clock = clock
        self._enrolment = Enrolment(database, public_url, clock)
        self._heartbeats = Batches(self._write_heartbeats, MOST_HEARTBEATS)
        self._arrivals = JoinedCalls(self._note_connected, MOST_AT_ONCE)

    # For owners

    async def list(self, actor: Actor) -> list[TenantView]:
        """The actor's servers, oldest first."""
        require(actor, Permission.READ)
        async with self._database.read() as session:
            tenants = await repository.of_customer(session, actor.customer_id)
        return [await self._view(tenant) for tenant in tenants]

    async def get(self, actor: Actor, tenant_id: str) -> TenantView:
        """One of the actor's servers; raises NotFound."""
        require(actor, Permission.READ)
        async with self._database.read() as session:
            tenant = await owned_tenant(session, actor, tenant_id)
        return await self._view(tenant)

    async def history(self, actor: Actor, tenant_id: str, span: Span) -> History:
        """How the figures of one of the actor's servers went; raises NotFound."""
        require(actor, Permission.READ)
        async with self._database.read() as session:
            await owned_tenant(session, actor, tenant_id)
            return history_view(span, await history_of(session, tenant_id, span, self._clock()))

    async def set_stopped(self, actor: Actor, tenant_id: str, is_stopped: bool) -> TenantView:
        """
        The server's kill switch. It is in force once the server has applied the new configuration.

        Raises:
            NotFound: No such server of the actor's.
            Forbidden: The actor's role does not include it.
        """
        require(actor, Permission.MANAGE)
        action = "tenant.stopped" if is_stopped else "tenant.released"
        return await self._configure(actor, tenant_id, action, {"is_stopped": is_stopped})

    async def set_approval_ttl(self, actor: Actor, tenant_id: str, seconds: int) -> TenantView:
        """
        How long a question of its agents waits from now on; what waits already keeps the end that it has.

        Raises:
            NotFound: No such server of the actor's.
            Forbidden: The actor's role does not include it.
            InvalidInput: Shorter or longer than a server takes.
        """
        require(actor, Permission.MANAGE)
        if not MIN_APPROVAL_TTL_SECONDS <= seconds <= MAX_APPROVAL_TTL_SECONDS:
            raise InvalidInput.of_field("seconds", "From a minute to seven days.")
        wanted = {"approval_ttl_seconds": seconds}
        return await self._configure(actor, tenant_id, "tenant.approval_ttl_set", wanted)

    async def _configure(
        self, actor: Actor, tenant_id: str, action: str, wanted: Mapping[str, int]
    ) -> TenantView:
        """Set these columns, which are part of the server's configuration."""
        async with self._database.write() as session:
            # Locked: a change of an agent counts the version too, and a server that has it looks no further.
            tenant = await owned_tenant(session, actor, tenant_id, lock=True)
            has_changed = any(getattr(tenant, name) != value for name, value in wanted.items())
            if has_changed:
                for name, value in wanted.items():
                    setattr(tenant, name, value)
                tenant.config_version += 1
                record_act(
                    session, actor, action, subject=tenant_id, tenant_id=tenant_id, settings=dict(wanted)
                )
        if has_changed:
            log.info("tenant.configured", tenant_id=tenant_id, settings=dict(wanted))
            await self._publisher.wake_link(tenant_id)
            await self._publisher.announce(actor.customer_id, Topic.TENANT, tenant_id)
        return await self._view(tenant)

    async def renew_key(self, actor: Actor, tenant_id: str) -> None:
        """Have the server trade its key for a new one; it goes on working meanwhile. Raises NotFound."""
        require(actor, Permission.MANAGE)
        async with self._database.write() as session:
            await owned_tenant(session, actor, tenant_id)
            await self._outbox.put(session, tenant_id, KeyRenewalAsked())
            record_act(session, actor, "tenant.key_renewal_asked", subject=tenant_id, tenant_id=tenant_id)
        await self._publisher.wake_link(tenant_id)

    async def revoke_key(self, actor: Actor, tenant_id: str) -> None:
        """
        The server's keys count no more, and its link is cut at once. It comes back by a new enrolment.

        Raises:
            NotFound: No such server of the actor's.
        """
        require(actor, Permission.MANAGE)
        async with self._database.write() as session:
            await owned_tenant(session, actor, tenant_id)
            await self.drop_keys(session, tenant_id)
            record_act(session, actor, "tenant.key_revoked", subject=tenant_id, tenant_id=tenant_id)
        await self.cut_link(actor.customer_id, tenant_id)

    # For links

    async def exchange_key(self, api_key: str) -> KeyRenewed:
        """A new key for the server with this one; see ``Enrolment.renew``."""
        return await self._enrolment.renew(api_key)

    async def enrol(self, request: EnrolmentRequest) -> EnrolmentGranted:
        """Trade a one-time token for an API key; see ``Enrolment.enrol``. A link with an older key ends."""
        granted = await self._enrolment.enrol(request)
        await self._publisher.check_link_key(granted.tenant_id)
        return granted

    async def authenticate(self, api_key: str) -> TenantIdentity:
        """The server with this API key; raises NotSignedIn."""
        return await self._enrolment.authenticate(api_key)

    async def wanted_config(self, tenant_id: str) -> TenantConfig:
        """The configuration that the server should have in force."""
        return await self._configs.wanted_config(tenant_id)

    async def record_connected(self, tenant_id: str) -> None:
        """
        A new link: what the last heartbeat said of readiness no longer counts.

        A server that restarts is connected well before its agents are back.
        """
        [is_there] = await self._arrivals.ask([tenant_id])
        if not is_there:
            raise NotFound("There is no such server.")

    async def _note_connected(self, tenant_ids: Sequence[str]) -> Sequence[bool]:
        """Whether each is there; of a fleet that comes back nearly all were ready."""
        async with self._database.read() as session:
            readiness = await repository.readiness(session, tenant_ids)
        if were_ready := [one for one, is_ready in readiness.items() if is_ready]:
            async with self._database.write() as session:
                for tenant in await repository.living(session, were_ready):
                    # A new dictionary: changes inside the old one would not be noticed.
                    tenant.heartbeat = {**tenant.heartbeat, "is_ready": False}
        return [one in readiness for one in tenant_ids]

    async def standings(self, tenant_ids: Sequence[str]) -> Mapping[str, LinkStanding]:
        """What the links of many servers are compared with; those that are gone are left out."""
        async with self._database.read() as session:
            return await repository.standings(session, tenant_ids)

    async def applied_config_version(self, tenant_id: str) -> int:
        """The configuration that the server said it has in force; raises NotFound."""
        async with self._database.read() as session:
            return (await _existing(session, tenant_id)).applied_config_version

    async def record_heartbeat(self, tenant_id: str, heartbeat: Heartbeat) -> None:
        """Keep the newest heartbeat, and tell pages and jobs; raises NotFound."""
        if await self._heartbeats.put(tenant_id, heartbeat) is None:
            raise NotFound("There is no such server.")

    async def _write_heartbeats(self, heartbeats: Mapping[str, Heartbeat]) -> Mapping[str, Tenant]:
        """
        Many servers' heartbeats in one transaction: of a whole fleet they are most of all writing.

        Figures that the database does not take cost their own server its heartbeat, and no other one's.
        """
        try:
            return await self._write_together(heartbeats)
        except (StatementError, OverflowError) as error:
            if isinstance(error, OperationalError | InterfaceError):
                raise
        kept: dict[str, Tenant] = {}
        for tenant_id, heartbeat in heartbeats.items():
            try:
                kept |= await self._write_together({tenant_id: heartbeat})
            except (StatementError, OverflowError) as error:
                log.warning("tenant.heartbeat_unusable", tenant_id=tenant_id, error=type(error).__name__)
        return kept

    async def _write_together(self, heartbeats: Mapping[str, Heartbeat]) -> Mapping[str, Tenant]:
        now, was_ready = self._clock(), {}
        async with self._database.write() as session:
            tenants = {row.id: row for row in await repository.living(session, list(heartbeats))}
            for tenant_id, tenant in tenants.items():
                heartbeat = heartbeats[tenant_id]
                was_ready[tenant_id] = tenant.heartbeat.get("is_ready")
                tenant.heartbeat = heartbeat.model_dump(mode="json")
                tenant.last_heartbeat_at = now
                tenant.daemon_version = heartbeat.daemon_version
                tenant.openclaw_version = heartbeat.openclaw_version
                tenant.applied_config_version = heartbeat.config_version
            await note_samples(session, {one: heartbeats[one] for one in tenants}, now)
        for tenant_id, tenant in tenants.items():
            if was_ready[tenant_id] != heartbeats[tenant_id].is_ready:
                is_ready = heartbeats[tenant_id].is_ready
                log.info("tenant.readiness_changed", tenant_id=tenant_id, is_ready=is_ready)
            if tenant.status == TenantStatus.PROVISIONING:
                await self._publisher.wake_jobs(tenant_id)
        await self._publisher.announce_all(
            [(tenant.customer_id, Topic.TENANT, tenant.id) for tenant in tenants.values()]
        )
        return tenants

    async def record_distress(self, distress: Distress) -> None:
        """
        A server says that its vault is locked or its disk full, so that it can open no link. It counts until
        its next heartbeat: then that is over.

        Raises:
            NotSignedIn: The token is not one of this server's.
        """
        async with self._database.write() as session:
            tenant = next(iter(await repository.living(session, [distress.tenant_id])), None)
            if tenant is None or not _is_of(distress, tenant):
                raise NotSignedIn("This token is not known.")
            before = heartbeat_of(tenant)
            is_new = not tells(before, distress)
            if is_new:
                record_act(
                    session,
                    tenant_actor(tenant.id),
                    _DISTRESS_ACTS[distress.part],
                    subject=tenant.id,
                    customer_id=tenant.customer_id,
                    tenant_id=tenant.id,
                    trouble=distress.trouble.value,
                )
            tenant.heartbeat = in_distress(before, distress).model_dump(mode="json")
            tenant.last_heartbeat_at = self._clock()
            customer_id = tenant.customer_id
        if is_new:
            # It is told again with every start of the server's link.
            log.error(_DISTRESS_ACTS[distress.part], tenant_id=distress.tenant_id, trouble=distress.trouble)
        await self._publisher.announce(customer_id, Topic.TENANT, distress.tenant_id)

    async def record_config_applied(self, tenant_id: str, report: ConfigApplied) -> None:
        """Note which configuration is in force, or why one was refused."""

        async def note(session: AsyncSession) -> tuple[str, str]:
            tenant = await _existing(session, tenant_id)
            if report.is_applied:
                tenant.applied_config_version = max(tenant.applied_config_version, report.version)
            if report.version >= tenant.config_version:
                tenant.config_refusal = "" if report.is_applied else report.detail[:MOST_OF_A_REFUSAL]
            return tenant.status, tenant.customer_id

        status, customer_id = await self._database.write_together(note)
        if not report.is_applied:
            log.warning("tenant.config_refused", tenant_id=tenant_id, version=report.version)
        if status == TenantStatus.PROVISIONING:
            await self._publisher.wake_jobs(tenant_id)
        await self._publisher.announce(customer_id, Topic.TENANT, tenant_id)

    # For shop and jobs

    async def reserve(self, session: AsyncSession, wanted: NewTenant, provider: str) -> Tenant:
        """Add the server of a paid order within the payment's own transaction."""
        tenant = Tenant(
            id=new_id("ten"),
            customer_id=wanted.customer_id,
            order_id=wanted.order_id,
            name=wanted.name,
            provider=provider,
            created_at=self._clock(),
        )
        session.add(tenant)
        await session.flush()
        return tenant

    async def count_living(self, provider: str) -> int:
        """How many servers the provider has made, or is about to make, and not removed."""
        async with self._database.read() as session:
            return await repository.count_living(session, provider)

    async def drop_keys(self, session: AsyncSession, tenant_id: str) -> None:
        """
        The server's keys count no more, nor does an enrolment token that waits for it.

        Within the caller's unit of work; afterwards call ``cut_link``.
        """
        await repository.change(session, tenant_id, api_key_hash=None, next_api_key_hash=None)
        await repository.drop_unused_tokens(session, tenant_id)

    async def cut_link(self, customer_id: str, tenant_id: str) -> None:
        """Tell whoever holds the server's link that its key counts no more."""
        log.warning("tenant.key_revoked", tenant_id=tenant_id)
        await self._publisher.check_link_key(tenant_id)
        await self._publisher.announce(customer_id, Topic.TENANT, tenant_id)

    async def issue_token(self, tenant_id: str) -> str:
        """A one-time enrolment token for this server."""
        return await self._enrolment.issue_token(tenant_id)

    async def row(self, tenant_id: str) -> Tenant:
        """The server's record, detached; raises NotFound. For jobs, which act for the system."""
        async with self._database.read() as session:
            return await _existing(session, tenant_id)

    async def of_order(self, order_id: str) -> Tenant:
        """The record of an order's server; raises NotFound. For jobs."""
        async with self._database.read() as session:
            tenant = await repository.by_order(session, order_id)
        if tenant is None:
            raise NotFound("There is no server for this order.")
        return tenant

    async def with_status(self, *statuses: TenantStatus) -> Sequence[Tenant]:
        """The records of all servers in these states. For jobs."""
        async with self._database.read() as session:
            return await repository.with_status(session, *statuses)

    async def left_at(self, provider: str) -> Sequence[Tenant]:
        """The records of servers that are removed here and not yet at their provider. For jobs."""
        async with self._database.read() as session:
            return await repository.left_at(session, provider)

    async def set_provider_ref(self, tenant_id: str, provider_ref: str) -> None:
        """Remember what the provider calls the machine."""
        async with self._database.write() as session:
            await repository.change(session, tenant_id, provider_ref=provider_ref)

    async def _view(self, tenant: Tenant) -> TenantView:
        is_online = await self._presence.is_online(tenant.id)
        return tenant_view(tenant, is_online=is_online, is_practice=self._is_practice)


def _is_of(distress: Distress, tenant: Tenant) -> bool:
    """Whether it shows the token of one of the server's keys."""
    known = [key for key in (tenant.api_key_hash, tenant.next_api_key_hash) if key]
    return any(hmac.compare_digest(distress_token(key), distress.token) for key in known)


async def _existing(session: AsyncSession, tenant_id: str) -> Tenant:
    tenant = await session.get(Tenant, tenant_id)
    if tenant is None or tenant.status == TenantStatus.REMOVED:
        raise NotFound("There is no such server.")
    return tenant

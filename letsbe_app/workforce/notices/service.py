"""Agents that were held back: kept in the audit, shown for an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlmodel import col, select

from letsbe_app.db.models import AuditEntry, Tenant
from letsbe_app.db.session import Database
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.people.audit.service import record_act, tenant_actor
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.ownership import owned_tenant
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.people.events.catalog import AgentHeldBack as AgentHeldBackEvent
from letsbe_app.people.events.service import record_event
from letsbe_app.relay import Relay, Topic
from tenant_daemon.contracts.notices import AgentHeldBack

SHOWN: Final = timedelta(hours=1)
_ACTION: Final = "agent.held_back"

log = structlog.get_logger()


@dataclass(frozen=True)
class Notice:
    """An agent was held back."""

    agent_id: str
    told: str
    """The rest of a sentence that begins with the agent's name."""
    held_at: datetime


class NoticeService:
    """With a server's id for its link; with an actor for people."""

    def __init__(self, database: Database, relay: Relay, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._publisher = relay.publisher
        self._clock = clock

    async def record(self, tenant_id: str, notice: AgentHeldBack) -> None:
        """Keep that an agent was held back; a second delivery changes nothing."""
        async with self._database.write() as session:
            tenant = await session.get_one(Tenant, tenant_id)
            subject = f"{notice.agent_id} {notice.held_at.isoformat()}"
            earlier = select(AuditEntry.id).where(
                AuditEntry.tenant_id == tenant_id,
                AuditEntry.action == _ACTION,
                AuditEntry.subject == subject,
            )
            if (await session.exec(earlier)).first() is not None:
                return
            record_act(
                session,
                tenant_actor(tenant_id),
                _ACTION,
                subject=subject,
                customer_id=tenant.customer_id,
                tenant_id=tenant_id,
                agent_id=notice.agent_id,
                told=notice.told,
            )
            held_back = AgentHeldBackEvent(server_id=tenant_id, agent_id=notice.agent_id)
            record_event(session, tenant.customer_id, held_back, tenant_id=tenant_id)
        log.warning("agent.held_back", tenant_id=tenant_id, agent_id=notice.agent_id)
        await self._publisher.announce(tenant.customer_id, Topic.TENANT, tenant_id)

    async def newest(self, actor: Actor, tenant_id: str) -> Notice | None:
        """The newest one of the last hour."""
        require(actor, Permission.READ)
        async with self._database.read() as session:
            await owned_tenant(session, actor, tenant_id)
            statement = (
                select(AuditEntry)
                .where(
                    AuditEntry.tenant_id == tenant_id,
                    AuditEntry.action == _ACTION,
                    AuditEntry.created_at > self._clock() - SHOWN,
                )
                .order_by(col(AuditEntry.created_at).desc())
                .limit(1)
            )
            row = (await session.exec(statement)).first()
        return Notice(row.detail["agent_id"], row.detail["told"], row.created_at) if row else None

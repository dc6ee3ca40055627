"""
Retention: a customer says how long the hub keeps what was said, and what is older is deleted.

Gone are messages, answered questions of agents, and the hub's copy of changes. A conversation in which
nothing is left goes as a whole, on the server too. The audit keeps ids, times and settings alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlmodel import col, delete, exists, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import (
    Approval,
    ChatMessage,
    Conversation,
    Customer,
    FileChange,
    Tenant,
    TenantStatus,
)
from letsbe_app.db.session import Database
from letsbe_app.errors import InvalidInput
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.people.audit.service import SYSTEM, record_act
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.workforce.conversations.removal import remove_messages_before
from letsbe_app.workforce.conversations.turns import TurnService
from tenant_daemon.contracts.approvals import ApprovalStatus

CHOICES: Final = (30, 90, 365)
"""Days; besides them, keeping without an end."""
_CONVERSATIONS_AT_ONCE: Final = 200

log = structlog.get_logger()


@dataclass(frozen=True)
class RetentionView:
    """What is set; None keeps until somebody deletes."""

    days: int | None


@dataclass(frozen=True)
class _Place:
    customer_id: str
    tenant_id: str
    days: int


class RetentionService:
    """For owners, and for jobs."""

    def __init__(self, database: Database, turns: TurnService, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._turns = turns
        self._clock = clock

    async def get(self, actor: Actor) -> RetentionView:
        """What the actor's business has set."""
        require(actor, Permission.READ)
        async with self._database.read() as session:
            return RetentionView((await session.get_one(Customer, actor.customer_id)).retention_days)

    async def set(self, actor: Actor, days: int | None) -> RetentionView:
        """
        Keep what is said for so many days from now on; what is older goes within the hour.

        Raises:
            Forbidden: Not an owner.
            InvalidInput: A number that is no choice.
        """
        require(actor, Permission.DATA)
        if days is not None and days not in CHOICES:
            raise InvalidInput.of_field("days", "30, 90 or 365 days, or none for no end.")
        async with self._database.write() as session:
            customer = await session.get_one(Customer, actor.customer_id)
            customer.retention_days = days
            record_act(session, actor, "retention.set", subject=actor.customer_id, days=days)
        log.info("retention.set", customer_id=actor.customer_id, days=days)
        return RetentionView(days)

    async def sweep(self) -> int:
        """Delete what is too old, on every server; how many messages went. One that fails keeps no other."""
        async with self._database.read() as session:
            places = await _places(session)
        gone = 0
        failures: list[Exception] = []
        for place in places:
            try:
                gone += await self._sweep(place)
            except Exception as exc:
                log.error("retention.failed", tenant_id=place.tenant_id, exc_info=exc)
                failures.append(exc)
        if failures:
            raise failures[0]
        return gone

    async def _sweep(self, place: _Place) -> int:
        moment = self._clock() - timedelta(days=place.days)
        async with self._database.write() as session:
            messages = await remove_messages_before(session, place.tenant_id, moment)
            others = await _remove_others(session, place.tenant_id, moment, self._clock())
            empty = await _empty_ones(session, place.tenant_id, moment)
            for row in empty:
                await self._turns.delete_old(session, place.customer_id, row)
            if messages or others or empty:
                record_act(
                    session,
                    SYSTEM,
                    "retention.swept",
                    subject=place.tenant_id,
                    customer_id=place.customer_id,
                    tenant_id=place.tenant_id,
                    days=place.days,
                    messages=messages,
                    conversations=len(empty),
                    others=others,
                )
        for row in empty:
            await self._turns.told_old(place.customer_id, row)
        if messages or empty:
            log.info(
                "retention.swept", tenant_id=place.tenant_id, messages=messages, conversations=len(empty)
            )
        return messages


async def _places(session: AsyncSession) -> list[_Place]:
    statement = (
        select(Tenant.customer_id, Tenant.id, Customer.retention_days)
        .join(Customer, col(Customer.id) == col(Tenant.customer_id))
        .where(col(Customer.retention_days).is_not(None), Tenant.status != TenantStatus.REMOVED)
    )
    return [_Place(*row) for row in (await session.exec(statement)).all() if row[2] is not None]


async def _remove_others(session: AsyncSession, tenant_id: str, moment: datetime, now: datetime) -> int:
    """Answered questions that allow nothing more, changes that can no longer be undone; how many."""
    approvals = delete(Approval).where(
        col(Approval.tenant_id) == tenant_id,
        col(Approval.created_at) < moment,
        col(Approval.status) != ApprovalStatus.PENDING,
        # What runs unasked can only be taken back while it is known.
        or_(col(Approval.remembered_until).is_(None), col(Approval.remembered_until) < now),
    )
    changes = delete(FileChange).where(
        col(FileChange.tenant_id) == tenant_id,
        col(FileChange.created_at) < moment,
        col(FileChange.undo_until) < moment,
    )
    return (await session.exec(approvals)).rowcount + (await session.exec(changes)).rowcount


async def _empty_ones(session: AsyncSession, tenant_id: str, moment: datetime) -> Sequence[Conversation]:
    has_messages = exists().where(col(ChatMessage.conversation_id) == col(Conversation.id))
    statement = (
        select(Conversation)
        .where(
            Conversation.tenant_id == tenant_id,
            col(Conversation.last_message_at) < moment,
            ~has_messages,
        )
        .limit(_CONVERSATIONS_AT_ONCE)
    )
    return (await session.exec(statement)).all()

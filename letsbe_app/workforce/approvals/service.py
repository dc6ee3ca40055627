"""
Approvals at the hub: people's copy of what daemons hold.

A decision here is a wish. It is stored and sent; the approval stays ``pending`` until the daemon has reported
how it ended, since its own command line or the expiry may have been first.
"""

from collections.abc import Sequence
from typing import Final

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Approval, Tenant
from letsbe_app.db.session import Database
from letsbe_app.db.tenant_content import TenantContent
from letsbe_app.errors import Conflict, InvalidInput, NotFound
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.pagination import Page, clamp_limit
from letsbe_app.people.audit.service import record_act, tenant_actor
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.people.events import catalog as events
from letsbe_app.people.events.service import record_event
from letsbe_app.people.members.names import names_of
from letsbe_app.relay import Relay, Topic
from letsbe_app.workforce.approvals import repository
from letsbe_app.workforce.approvals.batches import check_batch, check_fits_batch
from letsbe_app.workforce.approvals.content import ApprovalContent
from letsbe_app.workforce.approvals.decisions import decision_for
from letsbe_app.workforce.approvals.remembering import remembered_until
from letsbe_app.workforce.approvals.reminders import Reminder, ReminderChannel
from letsbe_app.workforce.approvals.reminding import note_reminder
from letsbe_app.workforce.approvals.responses import response_for
from letsbe_app.workforce.approvals.rows import (
    check_open,
    ended_at,
    of_tenant,
    own_conversation,
    owned,
    page_of,
    row_of,
)
from letsbe_app.workforce.approvals.schemas import (
    ApprovalView,
    BatchItem,
    BatchOutcome,
    Choice,
    approval_view,
)
from letsbe_app.workforce.cursors import TimeCursor
from tenant_daemon.contracts.approvals import (
    ApprovalCarriedOut,
    ApprovalRequested,
    ApprovalSettledReport,
    ApprovalStatus,
    Verdict,
)
from tenant_daemon.contracts.reports import ApprovalResponse

_REMINDED_AT_ONCE: Final = 100

log = structlog.get_logger()


class ApprovalService:
    """With an actor for people; with a server's id for its link."""

    def __init__(
        self,
        database: Database,
        relay: Relay,
        content: TenantContent,
        channels: Sequence[ReminderChannel] = (),
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._content = content
        self._publisher = relay.publisher
        self._outbox = relay.outbox
        self._channels = channels
        self._clock = clock

    # For people

    async def list_open(
        self,
        actor: Actor,
        tenant_id: str | None = None,
        *,
        conversation_id: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[ApprovalView]:
        """What waits, on one server or on all, or in one conversation; newest first."""
        require(actor, Permission.CONTENT)
        size, after = clamp_limit(limit), TimeCursor.parse(cursor)
        async with self._database.read() as session:
            rows = await repository.open_ones(
                session,
                actor.customer_id,
                tenant_id,
                self._clock(),
                after,
                size + 1,
                conversation_id=conversation_id,
            )
            return await page_of(session, self._content, actor.customer_id, rows, size)

    async def list_settled(
        self,
        actor: Actor,
        tenant_id: str | None = None,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[ApprovalView]:
        """What is over, on one server or on all; what ended last comes first."""
        require(actor, Permission.CONTENT)
        size, after = clamp_limit(limit), TimeCursor.parse(cursor)
        async with self._database.read() as session:
            rows = await repository.settled_ones(
                session, actor.customer_id, tenant_id, self._clock(), after, size + 1
            )
            return await page_of(session, self._content, actor.customer_id, rows, size, ended_at)

    async def get(self, actor: Actor, approval_id: str) -> ApprovalView:
        """One approval; raises NotFound."""
        require(actor, Permission.CONTENT)
        async with self._database.read() as session:
            row = await owned(session, actor, approval_id)
            names = await names_of(session, actor.customer_id)
            return approval_view(row, await self._content_of(session, row.tenant_id), names)

    async def decide(self, actor: Actor, approval_id: str, choice: Choice) -> ApprovalView:
        """
        Decide; the first one wins.

        Raises:
            NotFound: No such approval on one of the actor's servers.
            Conflict: It is decided, settled or expired already.
            InvalidInput: The choice does not hold together.
        """
        require(actor, Permission.APPROVE)
        now = self._clock()
        async with self._database.write() as session:
            row = await owned(session, actor, approval_id, lock=True)
            names = await names_of(session, actor.customer_id)
            content = ApprovalContent(await self._content.for_writing(session, row.tenant_id))
            check_open(row, actor, content, names, is_expired=now > row.expires_at)
            if choice.call_digest and choice.call_digest != row.call_digest:
                raise Conflict("This is not what you looked at any more. Look at it again.")
            decision = decision_for(approval_id, actor.user_id, choice, now)
            row.decision = content.seal_decision(decision)
            row.decided_by_user_id = actor.user_id
            row.next_reminder_at = None
            await self._outbox.put(session, row.tenant_id, decision)
            record_act(
                session,
                actor,
                "approval.decided",
                subject=approval_id,
                tenant_id=row.tenant_id,
                verdict=choice.verdict.value,
                call_digest=row.call_digest,
            )
            record_event(
                session,
                actor.customer_id,
                events.ApprovalDecided(
                    server_id=row.tenant_id,
                    approval_id=approval_id,
                    verdict=choice.verdict.value,
                    user_id=actor.user_id,
                ),
                tenant_id=row.tenant_id,
            )
        log.info("approval.decided", approval_id=approval_id, tenant_id=row.tenant_id, verdict=choice.verdict)
        await self._publisher.wake_link(row.tenant_id)
        await self._publisher.wake_jobs(row.tenant_id)
        await self._publisher.announce(actor.customer_id, Topic.APPROVALS, approval_id)
        return approval_view(row, content, names)

    async def decide_all(
        self, actor: Actor, items: Sequence[BatchItem], verdict: Verdict, deny_reason: str = ""
    ) -> list[BatchOutcome]:
        """
        Decide several with one tap. Each is decided for itself, bound to the very call that was shown.

        Raises:
            InvalidInput: Only ``approve`` and ``deny`` fit several, and what cannot be undone fits none.
        """
        require(actor, Permission.APPROVE)
        check_batch(items, verdict)
        return [await self._decide_one(actor, item, verdict, deny_reason) for item in items]

    async def _decide_one(
        self, actor: Actor, item: BatchItem, verdict: Verdict, deny_reason: str
    ) -> BatchOutcome:
        choice = Choice(verdict, deny_reason=deny_reason, call_digest=item.call_digest)
        try:
            if verdict is not Verdict.DENY:
                check_fits_batch(await self.get(actor, item.approval_id))
            await self.decide(actor, item.approval_id, choice)
        except (Conflict, NotFound, InvalidInput) as problem:
            return BatchOutcome(item.approval_id, is_decided=False, problem=problem.message)
        return BatchOutcome(item.approval_id, is_decided=True)

    # For jobs

    async def remind(self) -> int:
        """Call to mind what has waited for long; gives how many reminders went out."""
        now = self._clock()
        async with self._database.write() as session:
            due = await repository.due_for_reminder(session, now, _REMINDED_AT_ONCE)
            reminders = [
                found for row in due if (found := await note_reminder(session, row, now)) is not None
            ]
        for reminder in reminders:
            log.info("approval.reminded", approval_id=reminder.approval_id, number=reminder.number)
            await self._publisher.announce(reminder.customer_id, Topic.APPROVALS, reminder.approval_id)
            for channel in self._channels:
                await self._deliver(channel, reminder)
        return len(reminders)

    async def _deliver(self, channel: ReminderChannel, reminder: Reminder) -> None:
        try:
            await channel.deliver(reminder)
        except Exception as exc:  # noqa: BLE001 - one way to people is closed; the others and the portal remain
            log.error(
                "approval.reminder_lost", approval_id=reminder.approval_id, channel=type(channel).__name__,
                error=type(exc).__name__,
            )  # fmt: skip

    # For links

    async def response(self, tenant_id: str, approval_id: str) -> ApprovalResponse:
        """What a server is told of its question; raises NotFound."""
        async with self._database.read() as session:
            return await response_for(session, self._content, tenant_id, approval_id)

    async def request(self, tenant_id: str, asked: ApprovalRequested) -> None:
        """
        Keep what an agent asks; a second delivery changes nothing.

        Raises:
            Conflict: The id belongs to another server's approval.
        """
        async with self._database.write() as session:
            tenant = await session.get_one(Tenant, tenant_id)
            earlier = await session.get(Approval, asked.approval_id)
            if earlier is not None:
                if earlier.tenant_id != tenant_id:
                    raise Conflict("The approval's id is in use.")
                return
            conversation_id = await own_conversation(session, tenant_id, asked.conversation_id)
            content = ApprovalContent(await self._content.for_writing(session, tenant_id))
            session.add(row_of(tenant_id, conversation_id, asked, content))
            record_act(
                session,
                tenant_actor(tenant_id),
                "approval.requested",
                subject=asked.approval_id,
                customer_id=tenant.customer_id,
                tenant_id=tenant_id,
                agent_id=asked.agent_id,
                tool_name=asked.tool_name,
                tier=int(asked.tier),
                is_external=asked.is_external,
                call_digest=asked.call_digest,
            )
            record_event(
                session,
                tenant.customer_id,
                events.ApprovalRequested(
                    server_id=tenant_id,
                    approval_id=asked.approval_id,
                    agent_id=asked.agent_id,
                    tool_name=asked.tool_name,
                    tier=int(asked.tier),
                    is_external=asked.is_external,
                    conversation_id=conversation_id,
                    expires_at=asked.expires_at,
                ),
                tenant_id=tenant_id,
            )
        log.info("approval.requested", approval_id=asked.approval_id, tenant_id=tenant_id)
        await self._publisher.wake_jobs(tenant_id)
        await self._publisher.announce(tenant.customer_id, Topic.APPROVALS, asked.approval_id)

    async def settle(self, tenant_id: str, report: ApprovalSettledReport) -> None:
        """
        Note how it ended; a second delivery changes nothing.

        Raises:
            NotFound: The server never asked this.
        """
        async with self._database.write() as session:
            tenant = await session.get_one(Tenant, tenant_id)
            row = await of_tenant(session, tenant_id, report.approval_id)
            if row.status != ApprovalStatus.PENDING:
                return
            row.status = report.status
            content = ApprovalContent(await self._content.for_writing(session, tenant_id))
            row.detail = content.seal_detail(row.id, report.detail)
            row.settled_by = report.decided_by[:80]
            row.remembered_until = remembered_until(row, report, content)
            row.decision = content.seal_settled(row, report)
            row.next_reminder_at = None
            row.settled_at = report.settled_at
            record_act(
                session,
                tenant_actor(tenant_id),
                "approval.settled",
                subject=row.id,
                customer_id=tenant.customer_id,
                tenant_id=tenant_id,
                status=report.status.value,
                decided_by=report.decided_by[:60],
            )
            record_event(
                session,
                tenant.customer_id,
                events.ApprovalSettled(
                    server_id=tenant_id,
                    approval_id=row.id,
                    status=report.status.value,
                    decided_by=report.decided_by[:80],
                ),
                tenant_id=tenant_id,
            )
        log.info("approval.settled", approval_id=row.id, tenant_id=tenant_id, status=report.status)
        await self._publisher.wake_jobs(tenant_id)
        await self._publisher.announce(tenant.customer_id, Topic.APPROVALS, row.id)

    async def carried_out(self, tenant_id: str, report: ApprovalCarriedOut) -> None:
        """
        Note what became of a call that was approved; a second delivery changes nothing.

        Raises:
            NotFound: The server never asked this.
        """
        async with self._database.write() as session:
            row = await of_tenant(session, tenant_id, report.approval_id)
            if row.outcome:
                return
            customer_id = (await session.get_one(Tenant, tenant_id)).customer_id
            content = ApprovalContent(await self._content.for_writing(session, tenant_id))
            row.outcome = report.status
            row.became = content.seal_outcome(report)
            record_act(
                session,
                tenant_actor(tenant_id),
                "approval.carried_out",
                subject=row.id,
                customer_id=customer_id,
                tenant_id=tenant_id,
                status=report.status,
            )
        log.info("approval.carried_out", approval_id=row.id, tenant_id=tenant_id, status=report.status)
        await self._publisher.announce(customer_id, Topic.APPROVALS, row.id)

    async def _content_of(self, session: AsyncSession, tenant_id: str) -> ApprovalContent:
        return ApprovalContent(await self._content.of(session, tenant_id))

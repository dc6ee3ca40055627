"""
Approvals at the hub: people's copy of what daemons hold.

A decision here is a wish. It is stored and sent; the approval stays ``pending`` until the daemon has reported
how it ended, since its own command line or the expiry may have been first.
"""

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Approval, Conversation, Tenant
from letsbe_app.db.session import Database
from letsbe_app.errors import Conflict, NotFound
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.pagination import Page, clamp_limit
from letsbe_app.people.audit.service import record_act, tenant_actor
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.relay import Relay, Topic
from letsbe_app.workforce.approvals import repository
from letsbe_app.workforce.approvals.decisions import decision_for
from letsbe_app.workforce.approvals.schemas import ApprovalView, Choice, approval_view
from letsbe_app.workforce.cursors import TimeCursor
from tenant_daemon.contracts.approvals import ApprovalRequested, ApprovalSettledReport, ApprovalStatus

log = structlog.get_logger()


class ApprovalService:
    """With an actor for people; with a server's id for its link."""

    def __init__(self, database: Database, relay: Relay, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._publisher = relay.publisher
        self._outbox = relay.outbox
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
        require(actor, Permission.READ)
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
        return _page(list(rows), size)

    async def list_settled(
        self,
        actor: Actor,
        tenant_id: str | None = None,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[ApprovalView]:
        """What is over, on one server or on all, newest first."""
        require(actor, Permission.READ)
        size, after = clamp_limit(limit), TimeCursor.parse(cursor)
        async with self._database.read() as session:
            rows = await repository.settled_ones(
                session, actor.customer_id, tenant_id, self._clock(), after, size + 1
            )
        return _page(list(rows), size)

    async def get(self, actor: Actor, approval_id: str) -> ApprovalView:
        """One approval; raises NotFound."""
        require(actor, Permission.READ)
        async with self._database.read() as session:
            return approval_view(await _owned(session, actor, approval_id))

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
            row = await _owned(session, actor, approval_id, lock=True)
            _check_open(row, now > row.expires_at)
            decision = decision_for(approval_id, actor.user_id, choice, now)
            row.decision = decision.model_dump(mode="json")
            row.decided_by_user_id = actor.user_id
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
        log.info("approval.decided", approval_id=approval_id, tenant_id=row.tenant_id, verdict=choice.verdict)
        await self._publisher.wake_link(row.tenant_id)
        await self._publisher.announce(actor.customer_id, Topic.APPROVALS, approval_id)
        return approval_view(row)

    # For links

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
            conversation_id = await _own_conversation(session, tenant_id, asked.conversation_id)
            session.add(_row(tenant_id, conversation_id, asked))
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
        log.info("approval.requested", approval_id=asked.approval_id, tenant_id=tenant_id)
        await self._publisher.announce(tenant.customer_id, Topic.APPROVALS, asked.approval_id)

    async def settle(self, tenant_id: str, report: ApprovalSettledReport) -> None:
        """
        Note how it ended; a second delivery changes nothing.

        Raises:
            NotFound: The server never asked this.
        """
        async with self._database.write() as session:
            tenant = await session.get_one(Tenant, tenant_id)
            row = await session.get(Approval, report.approval_id, with_for_update=True)
            if row is None or row.tenant_id != tenant_id:
                raise NotFound("There is no such approval.")
            if row.status != ApprovalStatus.PENDING:
                return
            row.status = report.status
            row.detail = report.detail[:500]
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
        log.info("approval.settled", approval_id=row.id, tenant_id=tenant_id, status=report.status)
        await self._publisher.announce(tenant.customer_id, Topic.APPROVALS, row.id)


async def _owned(session: AsyncSession, actor: Actor, approval_id: str, *, lock: bool = False) -> Approval:
    row = await repository.of_customer(session, actor.customer_id, approval_id, lock=lock)
    if row is None:
        raise NotFound("There is no such approval.")
    return row


async def _own_conversation(session: AsyncSession, tenant_id: str, conversation_id: str | None) -> str | None:
    """The conversation, unless it is another server's: then the approval stands alone."""
    if conversation_id is None:
        return None
    row = await session.get(Conversation, conversation_id)
    return row.id if row is not None and row.tenant_id == tenant_id else None


def _check_open(row: Approval, is_expired: bool) -> None:
    if row.decision is not None:
        raise Conflict("Somebody has decided this already.")
    if row.status != ApprovalStatus.PENDING:
        raise Conflict(f"This is settled already: {row.status}.")
    if is_expired:
        raise Conflict("This has expired, which means it was denied.")


def _row(tenant_id: str, conversation_id: str | None, asked: ApprovalRequested) -> Approval:
    values = asked.model_dump(exclude={"kind", "approval_id", "conversation_id", "tier", "tool_args"})
    tool_args = asked.model_dump(mode="json", include={"tool_args"})["tool_args"]
    return Approval(
        id=asked.approval_id,
        tenant_id=tenant_id,
        conversation_id=conversation_id,
        tier=int(asked.tier),
        tool_args=tool_args,
        status=ApprovalStatus.PENDING,
        **values,
    )


def _page(rows: list[Approval], size: int) -> Page[ApprovalView]:
    shown = rows[:size]
    more = str(TimeCursor(shown[-1].created_at, shown[-1].id)) if len(rows) > size else None
    return Page([approval_view(row) for row in shown], more)

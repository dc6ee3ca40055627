"""What people have allowed from then on, and taking it back."""

from datetime import datetime

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Approval, Tenant
from letsbe_app.db.session import Database
from letsbe_app.db.tenant_content import TenantContent
from letsbe_app.errors import Conflict
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.pagination import Page, clamp_limit
from letsbe_app.people.audit.service import record_act, tenant_actor
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.people.members.names import names_of
from letsbe_app.relay import Relay, Topic
from letsbe_app.workforce.approvals import repository
from letsbe_app.workforce.approvals.content import ApprovalContent
from letsbe_app.workforce.approvals.rows import of_tenant, owned, page_of
from letsbe_app.workforce.approvals.schemas import ApprovalView, approval_view
from letsbe_app.workforce.cursors import TimeCursor
from tenant_daemon.contracts.approvals import (
    ApprovalDecided,
    ApprovalForgotten,
    ApprovalSettledReport,
    ApprovalStatus,
    ApprovalWithdrawn,
    Verdict,
)

log = structlog.get_logger()


def remembered_until(
    row: Approval, report: ApprovalSettledReport, content: ApprovalContent
) -> datetime | None:
    """Until when the call runs unasked: when the server has taken the very decision that says so."""
    decision = content.decision(row)
    if report.status != ApprovalStatus.APPROVED or report.decided_by != row.decided_by_user_id:
        return None
    if decision.get("verdict") != Verdict.APPROVE_AND_REMEMBER:
        return None
    return ApprovalDecided.model_validate(decision).remember_until


class RememberedService:
    """
    Calls that run without a question, each by the approval that said so. With an actor for people; with a
    server's id for its link.

    A withdrawal here is a wish: the server goes on until it has it, and says when it asks again.
    """

    def __init__(
        self, database: Database, relay: Relay, content: TenantContent, *, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._content = content
        self._publisher = relay.publisher
        self._outbox = relay.outbox
        self._clock = clock

    async def list(
        self,
        actor: Actor,
        tenant_id: str | None = None,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[ApprovalView]:
        """What runs without a question now, the newest approval first."""
        require(actor, Permission.CONTENT)
        size, after = clamp_limit(limit), TimeCursor.parse(cursor)
        async with self._database.read() as session:
            rows = await repository.remembered_ones(
                session, actor.customer_id, tenant_id, self._clock(), after, size + 1
            )
            return await page_of(session, self._content, actor.customer_id, rows, size)

    async def withdraw(self, actor: Actor, approval_id: str) -> ApprovalView:
        """
        Have the call asked about again.

        Raises:
            NotFound: No such approval on one of the actor's servers.
            Conflict: It is asked about already.
        """
        require(actor, Permission.APPROVE)
        now = self._clock()
        async with self._database.write() as session:
            row = await owned(session, actor, approval_id, lock=True)
            content = ApprovalContent(await self._content.of(session, row.tenant_id))
            names = await names_of(session, actor.customer_id)
            if row.remembered_until is None or row.remembered_until <= now:
                raise Conflict("This is asked about already.")
            if row.withdrawal_asked_at is None:
                await self._ask(session, actor, row, now)
        log.info("approval.withdrawn", approval_id=approval_id, tenant_id=row.tenant_id)
        await self._publisher.wake_link(row.tenant_id)
        await self._publisher.announce(actor.customer_id, Topic.APPROVALS, approval_id)
        return approval_view(row, content, names)

    async def _ask(self, session: AsyncSession, actor: Actor, row: Approval, now: datetime) -> None:
        row.withdrawal_asked_at = now
        wish = ApprovalWithdrawn(approval_id=row.id, withdrawn_by=actor.user_id)
        await self._outbox.put(session, row.tenant_id, wish)
        record_act(session, actor, "approval.withdrawn", subject=row.id, tenant_id=row.tenant_id)

    async def forgotten(self, tenant_id: str, report: ApprovalForgotten) -> None:
        """
        Note that a call asks again; a second delivery changes nothing.

        Raises:
            NotFound: The server never asked this.
        """
        async with self._database.write() as session:
            row = await of_tenant(session, tenant_id, report.approval_id)
            if row.remembered_until is None:
                return
            row.remembered_until = row.withdrawal_asked_at = None
            customer_id = (await session.get_one(Tenant, tenant_id)).customer_id
            record_act(
                session,
                tenant_actor(tenant_id),
                "approval.forgotten",
                subject=row.id,
                customer_id=customer_id,
                tenant_id=tenant_id,
            )
        log.info("approval.forgotten", approval_id=row.id, tenant_id=tenant_id)
        await self._publisher.announce(customer_id, Topic.APPROVALS, row.id)

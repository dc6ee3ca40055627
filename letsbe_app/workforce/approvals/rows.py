"""Rows of approvals: made from what a server asks, found for who may see them, and still open or not."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Approval, Conversation
from letsbe_app.db.tenant_content import TenantContent
from letsbe_app.errors import Conflict, NotFound
from letsbe_app.kit.pagination import Page, page_of_rows
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.members.names import names_of
from letsbe_app.workforce.approvals import repository
from letsbe_app.workforce.approvals.content import ApprovalContent, Asked
from letsbe_app.workforce.approvals.reminders import next_reminder
from letsbe_app.workforce.approvals.schemas import ApprovalView, approval_view, decider_of
from letsbe_app.workforce.cursors import TimeCursor
from tenant_daemon.contracts.approvals import ApprovalRequested, ApprovalStatus, Verdict


async def owned(session: AsyncSession, actor: Actor, approval_id: str, *, lock: bool = False) -> Approval:
    """The approval of one of the actor's servers; raises NotFound."""
    row = await repository.of_customer(session, actor.customer_id, approval_id, lock=lock)
    if row is None:
        raise NotFound("There is no such approval.")
    return row


async def of_tenant(session: AsyncSession, tenant_id: str, approval_id: str) -> Approval:
    """The approval that this server asked for, to be changed; raises NotFound."""
    row = await session.get(Approval, approval_id, with_for_update=True)
    if row is None or row.tenant_id != tenant_id:
        raise NotFound("There is no such approval.")
    return row


async def own_conversation(session: AsyncSession, tenant_id: str, conversation_id: str | None) -> str | None:
    """The conversation, unless it is another server's: then the approval stands alone."""
    if conversation_id is None:
        return None
    row = await session.get(Conversation, conversation_id)
    return row.id if row is not None and row.tenant_id == tenant_id else None


def asked_at(row: Approval) -> datetime:
    """When it was asked."""
    return row.created_at


def ended_at(row: Approval) -> datetime:
    """When it was over, whether or not its server has said so."""
    return row.settled_at or row.expires_at


async def page_of(
    session: AsyncSession,
    contents: TenantContent,
    customer_id: str,
    rows: Sequence[Approval],
    size: int,
    moment: Callable[[Approval], datetime] = asked_at,
) -> Page[ApprovalView]:
    """The page that ``size + 1`` rows of a customer begin with, opened; ``moment`` is what orders them."""
    names = await names_of(session, customer_id)
    opened = {
        tenant_id: ApprovalContent(await contents.of(session, tenant_id))
        for tenant_id in {row.tenant_id for row in rows}
    }
    return page_of_rows(
        rows,
        size,
        lambda row: approval_view(row, opened[row.tenant_id], names),
        lambda row: str(TimeCursor(moment(row), row.id)),
    )


def check_open(
    row: Approval, actor: Actor, content: ApprovalContent, names: Mapping[str, str], *, is_expired: bool
) -> None:
    """Raises Conflict, with words for the actor, when nobody can decide it any more."""
    if row.decision is not None:
        verb = "refused" if content.decision(row)["verdict"] == Verdict.DENY else "approved"
        if row.decided_by_user_id == actor.user_id:
            raise Conflict(f"You have {verb} this already, here or on another device.")
        raise Conflict(f"{names.get(row.decided_by_user_id or '', 'Somebody else')} has {verb} this already.")
    if row.status != ApprovalStatus.PENDING:
        who = decider_of(row, names)
        raise Conflict(f"This is settled already: {row.status}{f' by {who}' if who else ''}.")
    if is_expired:
        raise Conflict("This has expired, which means it was denied.")


def row_of(
    tenant_id: str, conversation_id: str | None, asked: ApprovalRequested, content: ApprovalContent
) -> Approval:
    """What a server asks, as a row with its content sealed."""
    sealed = {*Asked.model_fields, "kind", "approval_id", "conversation_id", "tier"}
    return Approval(
        id=asked.approval_id,
        tenant_id=tenant_id,
        conversation_id=conversation_id,
        tier=int(asked.tier),
        content=content.seal_asked(asked.approval_id, Asked.of(asked)),
        status=ApprovalStatus.PENDING,
        next_reminder_at=next_reminder(asked.created_at, asked.expires_at, asked.created_at),
        **asked.model_dump(exclude=sealed),
    )

"""Finding out, once, that somebody is to be reminded."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Approval, Tenant
from letsbe_app.people.audit.service import SYSTEM, record_act
from letsbe_app.people.authz.rules import Permission, roles_with
from letsbe_app.people.members.names import ids_of
from letsbe_app.workforce.approvals.reminders import Reminder, next_reminder
from tenant_daemon.contracts.approvals import ApprovalStatus


async def note_reminder(session: AsyncSession, row: Approval, now: datetime) -> Reminder | None:
    """Note that a reminder goes out, in the transaction that finds it due: it goes out once."""
    row.next_reminder_at = next_reminder(row.created_at, row.expires_at, now)
    if row.status != ApprovalStatus.PENDING or row.decision is not None or row.expires_at <= now:
        row.next_reminder_at = None
        return None
    row.reminder_count += 1
    tenant = await session.get_one(Tenant, row.tenant_id)
    reminder = Reminder(
        approval_id=row.id,
        customer_id=tenant.customer_id,
        tenant_id=row.tenant_id,
        number=row.reminder_count,
        user_ids=tuple(await ids_of(session, tenant.customer_id, roles_with(Permission.APPROVE))),
        expires_at=row.expires_at,
        is_last=row.next_reminder_at is None,
    )
    record_act(
        session,
        SYSTEM,
        "approval.reminded",
        subject=row.id,
        customer_id=tenant.customer_id,
        tenant_id=row.tenant_id,
        number=reminder.number,
    )
    return reminder

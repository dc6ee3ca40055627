"""Figures of the whole hub, looked up when Prometheus asks; whichever process it asks, they are the same."""

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, func, select

from letsbe_app.db.models import (
    Approval,
    DeliveryStatus,
    MailOutbox,
    OutboxMessage,
    OutgoingEvent,
    Tenant,
    TenantStatus,
    WaitingNotice,
    WebhookDelivery,
)
from letsbe_app.db.session import Database
from letsbe_app.relay import Relay
from tenant_daemon.contracts.approvals import ApprovalStatus


async def figures(database: Database, relay: Relay) -> dict[str, float]:
    """By the names of ``exposition.FIGURES``; none while the database is away: a counter tells that."""
    try:
        found, active = await _counts(database)
    except SQLAlchemyError:
        return {}
    return {
        **found,
        "servers_active": len(active),
        "servers_online": len(await relay.presence.online_among(active)),
    }


async def _counts(database: Database) -> tuple[dict[str, float], list[str]]:
    waiting = WebhookDelivery.status == DeliveryStatus.WAITING
    is_open = (Approval.status == ApprovalStatus.PENDING, col(Approval.decided_by_user_id).is_(None))
    statements = {
        "server_messages_waiting": select(func.count()).select_from(OutboxMessage),
        "events_waiting": select(func.count()).select_from(OutgoingEvent),
        "webhooks_waiting": select(func.count()).select_from(WebhookDelivery).where(waiting),
        "notices_waiting": select(func.count()).select_from(WaitingNotice),
        "mails_waiting": select(func.count()).select_from(MailOutbox),
        "approvals_waiting": select(func.count()).select_from(Approval).where(*is_open),
    }
    async with database.read() as session:
        counts = {name: float((await session.exec(one)).one()) for name, one in statements.items()}
        active = await session.exec(select(Tenant.id).where(Tenant.status == TenantStatus.ACTIVE))
        return counts, list(active.all())

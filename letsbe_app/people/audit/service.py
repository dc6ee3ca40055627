"""Append to the hub's audit, in the transaction of the act itself: no act without its entry."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import AuditEntry
from letsbe_app.kit.clock import utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.people.authz.actor import Actor

SYSTEM = "system"


def tenant_actor(tenant_id: str) -> str:
    """How a server is named as the one who acted."""
    return f"tenant:{tenant_id}"


def record_act(
    session: AsyncSession,
    actor: Actor | str,
    action: str,
    *,
    subject: str = "",
    customer_id: str | None = None,
    tenant_id: str | None = None,
    **detail: Any,
) -> None:
    """
    Add one entry; it is kept when the caller's transaction is.

    Args:
        session: The open unit of work of the act.
        actor: The person, or ``SYSTEM``, or ``tenant_actor(id)``.
        action: Dotted: ``order.paid``.
        subject: Id of what was acted on.
        customer_id: Whose record it is; a person's own customer when left out.
        tenant_id: The server, when it is about one.
        detail: Ids, counts and settings; never content or secrets.
    """
    person = actor if isinstance(actor, Actor) else None
    session.add(
        AuditEntry(
            id=new_id("aud"),
            customer_id=customer_id or (person.customer_id if person else None),
            tenant_id=tenant_id,
            actor=actor.user_id if isinstance(actor, Actor) else actor,
            action=action,
            subject=subject,
            detail=detail,
            created_at=utc_now(),
        )
    )

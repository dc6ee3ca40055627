"""Rows of preferences, devices and waiting notices."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import NoticePreference, PushSubscription, WaitingNotice

LEASE: Final = timedelta(seconds=60)
"""What is under way is due again so much later, should whoever brings it out be gone."""


async def preferences(session: AsyncSession, user_ids: Collection[str]) -> dict[str, NoticePreference]:
    """How these people want to be told; the defaults for those who have not said."""
    rows = await session.exec(select(NoticePreference).where(col(NoticePreference.user_id).in_(user_ids)))
    found = {row.user_id: row for row in rows.all()}
    return {user_id: found.get(user_id) or NoticePreference(user_id=user_id) for user_id in user_ids}


async def devices(session: AsyncSession, user_id: str) -> Sequence[PushSubscription]:
    """A person's devices, the oldest first."""
    statement = select(PushSubscription).where(PushSubscription.user_id == user_id)
    return (await session.exec(statement.order_by(col(PushSubscription.id)))).all()


async def device_by_address(session: AsyncSession, address_hash: str) -> PushSubscription | None:
    """The device with this address."""
    statement = select(PushSubscription).where(PushSubscription.address_hash == address_hash)
    return (await session.exec(statement)).one_or_none()


async def remove_device(session: AsyncSession, user_id: str, device_id: str) -> bool:
    """Delete a device; says whether there was one."""
    result = await session.exec(
        delete(PushSubscription).where(
            col(PushSubscription.id) == device_id, col(PushSubscription.user_id) == user_id
        )
    )
    return bool(result.rowcount)


async def due(session: AsyncSession, now: datetime, limit: int) -> Sequence[WaitingNotice]:
    """Notices whose time has come, locked."""
    statement = (
        select(WaitingNotice)
        .where(col(WaitingNotice.due_at) <= now)
        .order_by(col(WaitingNotice.due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.exec(statement)).all()


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next one is due."""
    return (await session.exec(select(func.min(col(WaitingNotice.due_at))))).one()


async def due_alike(session: AsyncSession, notice: WaitingNotice, now: datetime) -> Sequence[WaitingNotice]:
    """What is due of the same kind to the same person by the same way, this one among it."""
    statement = (
        select(WaitingNotice)
        .where(
            WaitingNotice.user_id == notice.user_id,
            WaitingNotice.channel == notice.channel,
            WaitingNotice.kind == notice.kind,
            col(WaitingNotice.due_at) <= now,
        )
        .order_by(col(WaitingNotice.expires_at), col(WaitingNotice.id))
        .with_for_update(skip_locked=True)
    )
    return (await session.exec(statement)).all()


async def held_back(session: AsyncSession, user_id: str, now: datetime) -> Sequence[WaitingNotice]:
    """What the person is to be told later; nothing that is under way or was tried."""
    statement = select(WaitingNotice).where(
        WaitingNotice.user_id == user_id,
        WaitingNotice.attempt_count == 0,
        col(WaitingNotice.due_at) > now + LEASE,
    )
    return (await session.exec(statement)).all()


async def drop_about(
    session: AsyncSession, customer_id: str, subject: str, user_ids: Collection[str] | None = None
) -> None:
    """What was to be said about this, to these people or to anybody, is over."""
    statement = delete(WaitingNotice).where(
        col(WaitingNotice.customer_id) == customer_id, col(WaitingNotice.subject) == subject
    )
    if user_ids is not None:
        statement = statement.where(col(WaitingNotice.user_id).in_(user_ids))
    await session.exec(statement)

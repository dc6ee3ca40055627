"""Rows of staff and their sessions."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import StaffMember, StaffRole, StaffSession


async def by_email(session: AsyncSession, email: str) -> StaffMember | None:
    """The member with this address, also one who has not joined yet or was removed."""
    return (await session.exec(select(StaffMember).where(StaffMember.email == email))).one_or_none()


async def by_join_token(session: AsyncSession, token_hash: str, now: datetime) -> StaffMember | None:
    """Whose link this is, as long as it is good; held until the transaction ends."""
    statement = (
        select(StaffMember)
        .where(
            StaffMember.join_token_hash == token_hash,
            col(StaffMember.join_expires_at) > now,
            col(StaffMember.removed_at).is_(None),
        )
        .with_for_update()
    )
    return (await session.exec(statement)).one_or_none()


async def signed_in(
    session: AsyncSession, token_hash: str, now: datetime
) -> tuple[StaffSession, StaffMember] | None:
    """The session that is still good, and whose it is."""
    statement = (
        select(StaffSession, StaffMember)
        .join(StaffMember, col(StaffMember.id) == col(StaffSession.staff_id))
        .where(
            StaffSession.token_hash == token_hash,
            col(StaffSession.revoked_at).is_(None),
            StaffSession.expires_at > now,
            col(StaffMember.removed_at).is_(None),
        )
    )
    return (await session.exec(statement)).one_or_none()


async def touch(session: AsyncSession, session_id: str, now: datetime) -> None:
    """Note that the session was used."""
    await session.exec(
        update(StaffSession).where(col(StaffSession.id) == session_id).values(last_seen_at=now)
    )


async def end_sessions(
    session: AsyncSession, now: datetime, *, staff_id: str, only: str | None = None
) -> None:
    """End all sessions of somebody, or ``only`` one."""
    statement = update(StaffSession).where(
        col(StaffSession.staff_id) == staff_id, col(StaffSession.revoked_at).is_(None)
    )
    if only is not None:
        statement = statement.where(col(StaffSession.id) == only)
    await session.exec(statement.values(revoked_at=now))


async def use_step(session: AsyncSession, staff_id: str, step: int) -> bool:
    """Note that a code was used; False when somebody was faster with it."""
    result = await session.exec(
        update(StaffMember)
        .where(col(StaffMember.id) == staff_id, col(StaffMember.factor_step) < step)
        .values(factor_step=step)
    )
    return bool(result.rowcount)


async def everybody(session: AsyncSession) -> Sequence[StaffMember]:
    """All who belong, the oldest first."""
    statement = select(StaffMember).where(col(StaffMember.removed_at).is_(None)).order_by(col(StaffMember.id))
    return (await session.exec(statement)).all()


async def member(session: AsyncSession, staff_id: str) -> StaffMember | None:
    """One who belongs, held until the transaction ends."""
    statement = (
        select(StaffMember)
        .where(StaffMember.id == staff_id, col(StaffMember.removed_at).is_(None))
        .with_for_update()
    )
    return (await session.exec(statement)).one_or_none()


async def lock_admins(session: AsyncSession) -> Sequence[str]:
    """Hold all admins who can sign in, so that two changes of them follow each other; their ids."""
    statement = (
        select(StaffMember.id)
        .where(
            StaffMember.role == StaffRole.ADMIN,
            col(StaffMember.removed_at).is_(None),
            col(StaffMember.joined_at).is_not(None),
        )
        .order_by(col(StaffMember.id))
        .with_for_update()
    )
    return (await session.exec(statement)).all()

"""Rows of API keys."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import ApiKey, User


async def of_customer(session: AsyncSession, customer_id: str) -> Sequence[ApiKey]:
    """The keys that work, the newest first."""
    statement = (
        select(ApiKey)
        .where(ApiKey.customer_id == customer_id, col(ApiKey.revoked_at).is_(None))
        .order_by(col(ApiKey.id).desc())
    )
    return (await session.exec(statement)).all()


async def count(session: AsyncSession, customer_id: str) -> int:
    """How many keys work."""
    statement = select(func.count()).where(
        ApiKey.customer_id == customer_id, col(ApiKey.revoked_at).is_(None)
    )
    return (await session.exec(statement)).one()


async def by_hash(session: AsyncSession, key_hash: str) -> tuple[ApiKey, User] | None:
    """The key that works, and whose it is."""
    statement = (
        select(ApiKey, User)
        .join(User, col(User.id) == col(ApiKey.user_id))
        .where(ApiKey.key_hash == key_hash, col(ApiKey.revoked_at).is_(None), col(User.removed_at).is_(None))
    )
    return (await session.exec(statement)).one_or_none()


async def touch(session: AsyncSession, key_id: str, now: datetime) -> None:
    """Note that the key was used."""
    await session.exec(update(ApiKey).where(col(ApiKey.id) == key_id).values(last_used_at=now))


async def revoke(session: AsyncSession, customer_id: str, key_id: str, now: datetime) -> bool:
    """The key works no more; False when there is none such."""
    result = await session.exec(
        update(ApiKey)
        .where(
            col(ApiKey.id) == key_id, col(ApiKey.customer_id) == customer_id, col(ApiKey.revoked_at).is_(None)
        )
        .values(revoked_at=now)
    )
    return bool(result.rowcount)

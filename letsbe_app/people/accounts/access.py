"""Taking ways in away from a person, within the caller's unit of work."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlmodel import col, delete, update
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import AccountToken, ApiKey, Passkey, PushSubscription
from letsbe_app.people.accounts import access_repository


class OtherWay(StrEnum):
    """A way in that a new password does not close by itself."""

    API_KEYS = "api_keys"
    PASSKEYS = "passkeys"


async def end_ways(session: AsyncSession, user_id: str, ways: Collection[OtherWay], now: datetime) -> None:
    """Close the ways that are named."""
    if OtherWay.PASSKEYS in ways:
        await session.exec(delete(Passkey).where(col(Passkey.user_id) == user_id))
    if OtherWay.API_KEYS in ways:
        await session.exec(
            update(ApiKey)
            .where(col(ApiKey.user_id) == user_id, col(ApiKey.revoked_at).is_(None))
            .values(revoked_at=now)
        )


async def shut_out(session: AsyncSession, user_id: str, now: datetime) -> None:
    """End the person's sessions, keys, links, passkeys and second factor, and tell their devices no more."""
    await access_repository.revoke_sessions(session, user_id, now)
    await access_repository.drop_factor(session, user_id)
    await session.exec(delete(AccountToken).where(col(AccountToken.user_id) == user_id))
    await session.exec(delete(PushSubscription).where(col(PushSubscription.user_id) == user_id))
    await end_ways(session, user_id, frozenset(OtherWay), now)

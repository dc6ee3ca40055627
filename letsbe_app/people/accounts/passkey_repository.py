"""Rows of passkeys."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Passkey, User


async def of_user(session: AsyncSession, user_id: str) -> Sequence[Passkey]:
    """A person's passkeys, the oldest first."""
    return (
        await session.exec(select(Passkey).where(Passkey.user_id == user_id).order_by(col(Passkey.id)))
    ).all()


async def by_credential(session: AsyncSession, credential_id: str) -> tuple[Passkey, User] | None:
    """The passkey with this name of the browser's, and whose it is."""
    statement = (
        select(Passkey, User)
        .join(User, col(User.id) == col(Passkey.user_id))
        .where(Passkey.credential_id == credential_id, col(User.removed_at).is_(None))
    )
    return (await session.exec(statement)).one_or_none()


async def note_use(session: AsyncSession, row: Passkey, count: int, now: datetime) -> bool:
    """Note a use; False when there was another one since the row was read."""
    result = await session.exec(
        update(Passkey)
        .where(col(Passkey.id) == row.id, col(Passkey.use_count) == row.use_count)
        .values(use_count=count, last_used_at=now)
    )
    return bool(result.rowcount)


async def drop(session: AsyncSession, user_id: str, passkey_id: str) -> str | None:
    """Forget one of a person's passkeys and give its name; None when there is none such."""
    result = await session.exec(
        delete(Passkey)
        .where(col(Passkey.id) == passkey_id, col(Passkey.user_id) == user_id)
        .returning(col(Passkey.name))
    )
    row = result.one_or_none()
    return str(row[0]) if row is not None else None

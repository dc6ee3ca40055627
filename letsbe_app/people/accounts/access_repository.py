"""Rows of mailed links, second factors and sessions of a person."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import aliased
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import AccountToken, RecoveryCode, SecondFactor, User, UserSession


async def drop_tokens(session: AsyncSession, user_id: str, purpose: str) -> None:
    """Only the newest link of a purpose may be used."""
    await session.exec(
        delete(AccountToken).where(col(AccountToken.user_id) == user_id, col(AccountToken.purpose) == purpose)
    )


async def user_of_token(session: AsyncSession, token_hash: str, purpose: str, now: datetime) -> User | None:
    """Whose link this is, as long as it is good."""
    statement = (
        select(User)
        .join(AccountToken, col(AccountToken.user_id) == col(User.id))
        .where(
            AccountToken.token_hash == token_hash,
            AccountToken.purpose == purpose,
            col(AccountToken.used_at).is_(None),
            AccountToken.expires_at > now,
            AccountToken.email == User.email,
        )
    )
    return (await session.exec(statement)).one_or_none()


async def claim_token(
    session: AsyncSession, token_hash: str, purpose: str, now: datetime
) -> tuple[str, str] | None:
    """Use the link up and give its user's id and address; None when it is unknown, used or too old."""
    result = await session.exec(
        update(AccountToken)
        .where(
            col(AccountToken.token_hash) == token_hash,
            col(AccountToken.purpose) == purpose,
            col(AccountToken.used_at).is_(None),
            col(AccountToken.expires_at) > now,
        )
        .values(used_at=now)
        .returning(col(AccountToken.user_id), col(AccountToken.email))
    )
    row = result.one_or_none()
    return (row[0], row[1]) if row is not None else None


async def sessions_of(session: AsyncSession, user_id: str, now: datetime) -> Sequence[UserSession]:
    """The sessions that are still good, the newest first."""
    statement = (
        select(UserSession)
        .where(
            UserSession.user_id == user_id,
            col(UserSession.revoked_at).is_(None),
            UserSession.expires_at > now,
        )
        .order_by(col(UserSession.id).desc())
    )
    return (await session.exec(statement)).all()


async def revoke_sessions(
    session: AsyncSession, user_id: str, now: datetime, *, only: str | None = None, keep: str | None = None
) -> int:
    """End a person's sessions: all, ``only`` one, or all but ``keep``; how many there were."""
    statement = update(UserSession).where(
        col(UserSession.user_id) == user_id, col(UserSession.revoked_at).is_(None)
    )
    if only is not None:
        statement = statement.where(col(UserSession.id) == only)
    if keep is not None:
        statement = statement.where(col(UserSession.id) != keep)
    result = await session.exec(statement.values(revoked_at=now))
    return int(result.rowcount)


async def forget_browsers(
    session: AsyncSession, user_id: str, *, keep: str, keep_hash: str = "", only: str | None = None
) -> None:
    """
    Know a person's browsers no longer, but for the one of the session ``keep``.

    Args:
        session: The caller's unit of work.
        user_id: Whose.
        keep: The session whose browser stays known; empty for none.
        keep_hash: The hash of a browser that stays known as well.
        only: Forget the browser of this session alone.
    """
    named = aliased(UserSession)
    browser_of = select(named.device_hash).where(named.user_id == user_id)
    statement = update(UserSession).where(
        col(UserSession.user_id) == user_id,
        col(UserSession.device_hash).not_in(browser_of.where(named.id == keep)),
        col(UserSession.device_hash) != keep_hash,
    )
    if only is not None:
        statement = statement.where(col(UserSession.device_hash).in_(browser_of.where(named.id == only)))
    await session.exec(statement.values(device_hash=""))


async def set_password(session: AsyncSession, user_id: str, password_hash: str) -> None:
    """Replace a person's password."""
    await session.exec(update(User).where(col(User.id) == user_id).values(password_hash=password_hash))


async def factors(session: AsyncSession) -> Sequence[SecondFactor]:
    """Every second factor there is."""
    return (await session.exec(select(SecondFactor))).all()


async def factor_of(session: AsyncSession, user_id: str) -> SecondFactor | None:
    """A person's second factor, confirmed or not."""
    return await session.get(SecondFactor, user_id)


async def use_step(session: AsyncSession, user_id: str, step: int) -> bool:
    """Note that a code was used; False when somebody was faster with it."""
    result = await session.exec(
        update(SecondFactor)
        .where(col(SecondFactor.user_id) == user_id, col(SecondFactor.used_step) < step)
        .values(used_step=step)
    )
    return bool(result.rowcount)


async def use_recovery_code(session: AsyncSession, user_id: str, code_hash: str, now: datetime) -> bool:
    """Use a recovery code up; False when there is none such."""
    result = await session.exec(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.user_id) == user_id,
            col(RecoveryCode.code_hash) == code_hash,
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=now)
    )
    return bool(result.rowcount)


async def count_recovery_codes(session: AsyncSession, user_id: str) -> int:
    """How many are left."""
    statement = select(RecoveryCode.id).where(
        RecoveryCode.user_id == user_id, col(RecoveryCode.used_at).is_(None)
    )
    return len((await session.exec(statement)).all())


async def drop_factor(session: AsyncSession, user_id: str) -> None:
    """Take a person's second factor and recovery codes away."""
    await session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    await session.exec(delete(SecondFactor).where(col(SecondFactor.user_id) == user_id))


async def drop_recovery_codes(session: AsyncSession, user_id: str) -> None:
    """Make room for new ones."""
    await session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))

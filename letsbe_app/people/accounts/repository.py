"""Rows of customers, users and sessions."""

from datetime import datetime

from sqlmodel import select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Customer, FoundingMember, User, UserSession


async def user_by_email(session: AsyncSession, email: str) -> User | None:
    """The user with this e-mail, which must be normalised."""
    return (await session.exec(select(User).where(User.email == email))).one_or_none()


async def signed_in(session: AsyncSession, token_hash: str, now: datetime) -> tuple[UserSession, User] | None:
    """The session that is still good, with its user."""
    statement = (
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)  # type: ignore[arg-type]
        .where(
            UserSession.token_hash == token_hash,
            UserSession.revoked_at == None,  # noqa: E711  # SQL
            UserSession.expires_at > now,
        )
    )
    return (await session.exec(statement)).one_or_none()


async def devices_of(session: AsyncSession, user_id: str) -> frozenset[str]:
    """The browsers with which a person has ever signed in."""
    statement = select(UserSession.device_hash).where(UserSession.user_id == user_id).distinct()
    return frozenset((await session.exec(statement)).all())


async def touch_session(session: AsyncSession, session_id: str, now: datetime) -> None:
    """Note that the session was used."""
    await session.exec(
        update(UserSession).where(UserSession.id == session_id).values(last_seen_at=now)  # type: ignore[arg-type]
    )


async def revoke_session(session: AsyncSession, session_id: str, now: datetime) -> None:
    """End the session; harmless when it has ended already."""
    await session.exec(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.revoked_at == None)  # type: ignore[arg-type]  # noqa: E711
        .values(revoked_at=now)
    )


async def revoke_by_token(session: AsyncSession, token_hash: str, now: datetime) -> None:
    """End the session with this token; harmless when there is none."""
    await session.exec(
        update(UserSession)
        .where(UserSession.token_hash == token_hash, UserSession.revoked_at == None)  # type: ignore[arg-type]  # noqa: E711
        .values(revoked_at=now)
    )


async def account(session: AsyncSession, user_id: str) -> tuple[User, Customer, FoundingMember | None] | None:
    """A user, their customer and the customer's founding place."""
    statement = (
        select(User, Customer, FoundingMember)
        .join(Customer, Customer.id == User.customer_id)  # type: ignore[arg-type]
        .outerjoin(FoundingMember, FoundingMember.customer_id == Customer.id)  # type: ignore[arg-type]
        .where(User.id == user_id)
    )
    return (await session.exec(statement)).one_or_none()

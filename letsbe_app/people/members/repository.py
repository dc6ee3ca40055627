"""Rows of a customer's people and invitations."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, func, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Customer, Invitation, Passkey, SecondFactor, User, UserRole


async def members(session: AsyncSession, customer_id: str) -> Sequence[tuple[User, bool]]:
    """The customer's people, and whether each has an authenticator app or a passkey."""
    has_app = exists().where(
        col(SecondFactor.user_id) == col(User.id), col(SecondFactor.confirmed_at).is_not(None)
    )
    has_passkey = exists().where(col(Passkey.user_id) == col(User.id))
    statement = (
        select(User, or_(has_app, has_passkey))
        .where(User.customer_id == customer_id, col(User.removed_at).is_(None))
        .order_by(col(User.id))
    )
    return (await session.exec(statement)).all()


async def member(session: AsyncSession, customer_id: str, user_id: str) -> User | None:
    """One of the customer's people, held until the transaction ends."""
    statement = (
        select(User)
        .where(User.id == user_id, User.customer_id == customer_id, col(User.removed_at).is_(None))
        .with_for_update()
    )
    return (await session.exec(statement)).one_or_none()


async def is_member(session: AsyncSession, customer_id: str, email: str) -> bool:
    """Whether somebody with this address belongs to the customer's people."""
    statement = select(User.id).where(
        User.customer_id == customer_id, User.email == email, col(User.removed_at).is_(None)
    )
    return (await session.exec(statement)).first() is not None


async def count_owners(session: AsyncSession, customer_id: str) -> int:
    """How many owners the customer has."""
    statement = select(func.count()).where(
        User.customer_id == customer_id, User.role == UserRole.OWNER, col(User.removed_at).is_(None)
    )
    return (await session.exec(statement)).one()


async def lock_customer(session: AsyncSession, customer_id: str) -> Customer:
    """Hold the customer, so that two changes of its owners follow each other."""
    return await session.get_one(Customer, customer_id, with_for_update=True)


async def open_invitations(session: AsyncSession, customer_id: str) -> Sequence[Invitation]:
    """Invitations that are neither accepted nor taken back, the newest first."""
    statement = (
        select(Invitation)
        .where(Invitation.customer_id == customer_id, col(Invitation.settled_at).is_(None))
        .order_by(col(Invitation.id).desc())
    )
    return (await session.exec(statement)).all()


async def settle_invitations(
    session: AsyncSession,
    customer_id: str,
    now: datetime,
    *,
    email: str | None = None,
    invitation_id: str | None = None,
    invited_by: str | None = None,
) -> int:
    """Take invitations back; how many there were."""
    statement = update(Invitation).where(
        col(Invitation.customer_id) == customer_id, col(Invitation.settled_at).is_(None)
    )
    if email is not None:
        statement = statement.where(col(Invitation.email) == email)
    if invitation_id is not None:
        statement = statement.where(col(Invitation.id) == invitation_id)
    if invited_by is not None:
        statement = statement.where(col(Invitation.invited_by_user_id) == invited_by)
    return int((await session.exec(statement.values(settled_at=now))).rowcount)


async def invitation_by_token(
    session: AsyncSession, token_hash: str, now: datetime
) -> tuple[Invitation, Customer] | None:
    """The invitation that is still good, and who invites."""
    statement = (
        select(Invitation, Customer)
        .join(Customer, col(Customer.id) == col(Invitation.customer_id))
        .where(
            Invitation.token_hash == token_hash,
            col(Invitation.settled_at).is_(None),
            Invitation.expires_at > now,
        )
    )
    return (await session.exec(statement)).one_or_none()


async def has_newer_invitation(session: AsyncSession, token_hash: str, now: datetime) -> bool:
    """Whether the invitation with this token no longer counts, and another one to the same person does."""
    newer = aliased(Invitation)
    statement = (
        select(newer.id)
        .join(
            Invitation,
            and_(
                col(Invitation.customer_id) == col(newer.customer_id),
                col(Invitation.email) == col(newer.email),
                col(Invitation.id) != col(newer.id),
            ),
        )
        .where(
            Invitation.token_hash == token_hash,
            col(newer.settled_at).is_(None),
            newer.expires_at > now,
        )
    )
    return (await session.exec(statement)).first() is not None


async def claim_invitation(session: AsyncSession, invitation_id: str, now: datetime) -> bool:
    """Use the invitation up; False when somebody was faster."""
    result = await session.exec(
        update(Invitation)
        .where(col(Invitation.id) == invitation_id, col(Invitation.settled_at).is_(None))
        .values(settled_at=now)
    )
    return bool(result.rowcount)

"""People of a business, for those who name them or write to them."""

from collections.abc import Collection, Sequence
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import User, UserRole

LEFT: Final = "Somebody who has left"


async def names_of(session: AsyncSession, customer_id: str) -> dict[str, str]:
    """What the customer's people are called, by id; also those who were removed."""
    statement = select(User.id, User.email, User.removed_at).where(User.customer_id == customer_id)
    found = (await session.exec(statement)).all()
    return {user_id: email if removed_at is None else LEFT for user_id, email, removed_at in found}


async def ids_of(session: AsyncSession, customer_id: str, roles: Collection[UserRole]) -> Sequence[str]:
    """Those of the customer's people who have one of these roles, and were not removed."""
    statement = select(User.id).where(
        User.customer_id == customer_id, col(User.role).in_(roles), col(User.removed_at).is_(None)
    )
    return (await session.exec(statement)).all()

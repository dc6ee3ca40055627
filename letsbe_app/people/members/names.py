"""What people of a business are called, for those who name them."""

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import User


async def names_of(session: AsyncSession, customer_id: str) -> dict[str, str]:
    """What the customer's people are called, by id."""
    statement = select(User.id, User.email).where(User.customer_id == customer_id)
    return dict((await session.exec(statement)).all())

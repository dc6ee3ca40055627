"""Rows of drafts."""

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import OnboardingDraft


async def draft_of(session: AsyncSession, customer_id: str) -> OnboardingDraft | None:
    """The customer's draft."""
    statement = select(OnboardingDraft).where(OnboardingDraft.customer_id == customer_id)
    return (await session.exec(statement)).one_or_none()

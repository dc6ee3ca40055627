"""Rows of requests with an idempotency key."""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, or_, update
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import IdempotentRequest


async def find(session: AsyncSession, request_id: str) -> IdempotentRequest | None:
    """The request, if it was made before."""
    return await session.get(IdempotentRequest, request_id)


async def add(session: AsyncSession, row: IdempotentRequest) -> bool:
    """Add the request; False when somebody was first."""
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


async def take_over(
    session: AsyncSession, request_id: str, holder: str, now: datetime, held_until: datetime
) -> bool:
    """Hold a request whose holder went away without an answer; False when somebody was first."""
    result = await session.exec(
        update(IdempotentRequest)
        .where(
            col(IdempotentRequest.id) == request_id,
            col(IdempotentRequest.status).is_(None),
            col(IdempotentRequest.held_until) <= now,
        )
        .values(holder=holder, held_until=held_until)
    )
    return bool(result.rowcount)


async def settle(session: AsyncSession, request_id: str, holder: str, **values: Any) -> None:
    """Keep the answer, unless another one has taken over."""
    await session.exec(
        update(IdempotentRequest)
        .where(col(IdempotentRequest.id) == request_id, col(IdempotentRequest.holder) == holder)
        .values(**values)
    )


async def release(session: AsyncSession, request_id: str, holder: str) -> None:
    """Forget a request that came to nothing."""
    await session.exec(
        delete(IdempotentRequest).where(
            col(IdempotentRequest.id) == request_id,
            col(IdempotentRequest.holder) == holder,
            col(IdempotentRequest.status).is_(None),
        )
    )


async def drop_old(session: AsyncSession, now: datetime, request_id: str, customer_id: str | None) -> None:
    """Forget what has expired: this request, and any others of the customer, or of staff (None)."""
    await session.exec(
        delete(IdempotentRequest).where(
            or_(
                col(IdempotentRequest.id) == request_id,
                col(IdempotentRequest.customer_id) == customer_id,
            ),
            col(IdempotentRequest.expires_at) <= now,
        )
    )

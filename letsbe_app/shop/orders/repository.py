"""Rows of orders."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Order, OrderStatus


async def of_customer(session: AsyncSession, customer_id: str) -> Sequence[Order]:
    """The customer's orders, newest first."""
    statement = select(Order).where(Order.customer_id == customer_id).order_by(col(Order.id).desc())
    return (await session.exec(statement)).all()


async def page(session: AsyncSession, customer_id: str, before: str | None, limit: int) -> Sequence[Order]:
    """The customer's orders that are older than ``before``, newest first."""
    statement = select(Order).where(Order.customer_id == customer_id)
    if before is not None:
        statement = statement.where(col(Order.id) < before)
    return (await session.exec(statement.order_by(col(Order.id).desc()).limit(limit))).all()


async def find(session: AsyncSession, customer_id: str, order_id: str) -> Order | None:
    """One of the customer's orders."""
    statement = select(Order).where(Order.id == order_id, Order.customer_id == customer_id)
    return (await session.exec(statement)).one_or_none()


async def unpaid(session: AsyncSession, customer_id: str) -> Sequence[Order]:
    """The customer's orders that wait for their payment."""
    statement = select(Order).where(
        Order.customer_id == customer_id, Order.status == OrderStatus.AWAITING_PAYMENT
    )
    return (await session.exec(statement)).all()


async def locked(session: AsyncSession, order_id: str) -> Order | None:
    """The order, held until the transaction ends. (SQLite holds the whole database instead.)"""
    return await session.get(Order, order_id, with_for_update=True)

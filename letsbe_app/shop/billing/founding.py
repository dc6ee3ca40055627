"""
Founding members: 100 numbered places, claimed at the first completed payment.

The number is the table's key and the customer is unique in it, so that the database itself refuses place
101 and a second place, whoever asks at the same instant. A place whose only order is cancelled is free again.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Customer, FoundingMember, Order, OrderStatus

PLACES: Final = 100
MONTHS: Final = 12


async def claim_place(session: AsyncSession, order: Order, now: datetime) -> FoundingMember | None:
    """
    The customer's place: the one they have, else the first free one; None when all are taken.

    Call it within the transaction of the payment.
    """
    for _ in range(PLACES + 1):
        taken = {member.number: member for member in (await session.exec(select(FoundingMember))).all()}
        mine = next((member for member in taken.values() if member.customer_id == order.customer_id), None)
        number = next((number for number in range(1, PLACES + 1) if number not in taken), None)
        if mine is not None or number is None:
            return mine
        customer = await session.get_one(Customer, order.customer_id)
        member = FoundingMember(
            number=number,
            customer_id=order.customer_id,
            order_id=order.id,
            claimed_at=now,
            ends_at=months_later(customer.created_at, MONTHS),
        )
        if await _is_added(session, member):
            return member
    return None


async def release_place(session: AsyncSession, order: Order) -> None:
    """
    Give the customer's place to the next one, unless another order of theirs is paid.

    Call it within the transaction that cancels the order.
    """
    kept = select(Order.id).where(
        Order.customer_id == order.customer_id,
        Order.id != order.id,
        col(Order.paid_at).is_not(None),
        Order.status != OrderStatus.CANCELLED,
    )
    if (await session.exec(kept.limit(1))).first() is None:
        place = col(FoundingMember.customer_id) == order.customer_id
        await session.exec(delete(FoundingMember).where(place))


async def _is_added(session: AsyncSession, member: FoundingMember) -> bool:
    # On PostgreSQL somebody else may take the number first. The savepoint keeps the payment itself alive.
    try:
        async with session.begin_nested():
            session.add(member)
    except IntegrityError:
        return False
    return True


def months_later(moment: datetime, months: int) -> datetime:
    """The same day some months on, or the month's last day when it is shorter."""
    years, month_index = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month_index + 1
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month)

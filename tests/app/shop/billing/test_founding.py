"""Founding places: 100, numbered, each given once, also in the same instant."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import delete, select

from letsbe_app.composition import Services
from letsbe_app.db.models import Customer, FoundingMember, Order
from letsbe_app.shop.billing.founding import PLACES, claim_place, months_later

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


async def add_orders(services: Services, count: int) -> list[Order]:
    orders = []
    async with services.database.write() as session:
        for number in range(count):
            customer = Customer(id=f"cus_{number:03}", name="x", created_at=NOW - timedelta(days=number))
            session.add(customer)
            await session.flush()
            order = Order(
                id=f"ord_{number:03}",
                customer_id=customer.id,
                plan_id="lite",
                server_name="x",
                price_cents=1,
                created_at=NOW,
            )
            session.add(order)
            orders.append(order)
    return orders


async def claim(services: Services, order: Order) -> int | None:
    async with services.database.write() as session:
        member = await claim_place(session, order, NOW)
        return member.number if member else None


async def test_places_are_given_in_order_and_kept(services: Services) -> None:
    first, second = await add_orders(services, 2)

    assert [await claim(services, order) for order in (first, second, first)] == [1, 2, 1]


async def test_it_lasts_twelve_months_from_sign_up(services: Services) -> None:
    _, order = await add_orders(services, 2)
    await claim(services, order)

    async with services.database.read() as session:
        member = (await session.exec(select(FoundingMember))).one()
    assert member.ends_at == datetime(2027, 11, 20, 9, 0, tzinfo=UTC)


@pytest.mark.slow
async def test_many_at_the_same_instant_get_different_places(services: Services) -> None:
    orders = await add_orders(services, 12)
    numbers = await asyncio.gather(*(claim(services, order) for order in orders))

    assert sorted(number for number in numbers if number) == list(range(1, 13))


@pytest.mark.slow
async def test_the_last_place_goes_to_one_alone(services: Services) -> None:
    orders = await add_orders(services, PLACES + 3)
    async with services.database.write() as session:
        session.add_all(
            FoundingMember(
                number=number, customer_id=order.customer_id, order_id=order.id, claimed_at=NOW, ends_at=NOW
            )
            for number, order in enumerate(orders[: PLACES - 1], start=1)
        )
    numbers = await asyncio.gather(*(claim(services, order) for order in orders[PLACES - 1 :]))

    assert sorted(numbers, key=str) == [100, None, None, None]


async def test_a_place_that_was_given_back_goes_to_the_next(services: Services) -> None:
    orders = await add_orders(services, 4)
    for order in orders[:3]:
        await claim(services, order)
    async with services.database.write() as session:
        await session.exec(delete(FoundingMember).where(FoundingMember.number == 2))  # type: ignore[arg-type]

    assert await claim(services, orders[3]) == 2


@pytest.mark.parametrize(
    ("moment", "months", "later"),
    [
        ("2026-11-21T09:00Z", 12, "2027-11-21T09:00Z"),
        ("2028-02-29T09:00Z", 12, "2029-02-28T09:00Z"),
        ("2026-10-31T09:00Z", 4, "2027-02-28T09:00Z"),
        ("2026-12-31T09:00Z", 1, "2027-01-31T09:00Z"),
    ],
)
def test_months_end_where_the_calendar_ends(moment: str, months: int, later: str) -> None:
    assert months_later(datetime.fromisoformat(moment), months) == datetime.fromisoformat(later)

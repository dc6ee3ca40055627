"""Events are kept with their facts and handed on once."""

from collections.abc import Sequence
from contextlib import suppress

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.composition import Services
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.events.catalog import EVENTS, UsageRecorded
from letsbe_app.people.events.service import AT_ONCE, Event, EventOutbox, record_event
from tests.support.hub import paid_order

DATA = UsageRecorded(server_id="ten_1", buckets=1)


class Basket:
    """Takes everything, or fails."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.fails = False

    async def take(self, _session: AsyncSession, events: Sequence[Event]) -> None:
        if self.fails:
            raise RuntimeError
        self.events += events


async def test_a_fact_that_is_not_kept_has_no_event(services: Services, owner: Actor) -> None:
    outbox = EventOutbox(services.database, [])
    with suppress(ZeroDivisionError):
        async with services.database.write() as session:
            record_event(session, owner.customer_id, DATA)
            1 / 0  # noqa: B018

    assert await outbox.depth() == 0


@pytest.mark.slow
async def test_every_event_is_handed_on_once_and_in_order(services: Services, owner: Actor) -> None:
    basket = Basket()
    outbox = EventOutbox(services.database, [basket])
    count = AT_ONCE + 5
    for number in range(count):
        async with services.database.write() as session:
            record_event(session, owner.customer_id, UsageRecorded(server_id="ten_1", buckets=number))

    assert await outbox.hand_on() == count
    assert await outbox.hand_on() == 0
    ids = [event.id for event in basket.events]
    assert len(set(ids)) == count
    # They sort by the millisecond of their making.
    assert ids == sorted(ids)


async def test_when_one_sink_fails_none_has_it_and_all_get_it_later(services: Services, owner: Actor) -> None:
    basket = Basket()
    outbox = EventOutbox(services.database, [basket])
    async with services.database.write() as session:
        record_event(session, owner.customer_id, DATA)
    basket.fails = True
    with pytest.raises(RuntimeError):
        await outbox.hand_on()
    basket.fails = False

    assert await outbox.hand_on() == 1
    assert basket.events[0].data == {"server_id": "ten_1", "buckets": 1}


async def test_an_order_that_is_paid_says_that_provisioning_began(services: Services, owner: Actor) -> None:
    basket = Basket()
    order_id, tenant_id = await paid_order(services, owner)
    await EventOutbox(services.database, [basket]).hand_on()

    assert [(one.type, one.tenant_id, one.data) for one in basket.events] == [
        ("provisioning.started", tenant_id, {"server_id": tenant_id, "order_id": order_id})
    ]


def test_every_event_has_a_name_of_its_own_and_says_what_it_is() -> None:
    types = [event.type for event in EVENTS]

    assert len(types) == len(set(types))
    assert not [event for event in EVENTS if not event.__doc__ or "." not in event.type]

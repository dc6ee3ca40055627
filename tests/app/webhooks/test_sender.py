"""From a fact to the receiver: signed, tried again, told in the log."""

from collections.abc import AsyncIterator

import pytest
from sqlmodel import select
from standardwebhooks.webhooks import Webhook
from starlette.responses import Response

from letsbe_app.composition import Services
from letsbe_app.db.models import WebhookDelivery, WebhookEndpoint
from letsbe_app.errors import Conflict
from letsbe_app.kit.outbound import Outbound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.events.catalog import EventData, ProvisioningCompleted, UsageRecorded
from letsbe_app.people.events.service import EventOutbox, record_event
from letsbe_app.webhooks.schemas import DeliveryView, EndpointChanges, NewSecret
from letsbe_app.webhooks.sender import WebhookSender
from letsbe_app.webhooks.sink import WebhookSink
from tests.support.hub import FakeClock
from tests.support.mail import mails_to
from tests.support.receiver import Receiver, receiver

READY = ProvisioningCompleted(server_id="ten_1", order_id="ord_1")


class Post:
    """The jobs process's part, as far as webhooks go."""

    def __init__(self, services: Services, clock: FakeClock) -> None:
        self._services = services
        self.clock = clock
        self.events = EventOutbox(services.database, [WebhookSink(clock)])
        self.sender = WebhookSender(
            services.database,
            services.box,
            Outbound(allows_local=True),
            services.post,
            public_url="http://localhost:8000",
            clock=clock,
        )

    async def happen(self, actor: Actor, data: EventData = READY) -> None:
        async with self._services.database.write() as session:
            record_event(session, actor.customer_id, data)

    async def work(self) -> float | None:
        """Everything that is to be done now; gives the seconds until there is more."""
        await self.events.hand_on()
        wait = await self.sender.send_due()
        while self.sender.is_posting:
            await self.sender.settle()
            wait = await self.sender.send_due()
        return wait

    async def log(self, actor: Actor, made: NewSecret) -> list[DeliveryView]:
        return (await self._services.webhooks.deliveries(actor, made.endpoint.id)).items


@pytest.fixture
async def post(services: Services, clock: FakeClock) -> Post:
    return Post(services, clock)


@pytest.fixture
async def shop() -> AsyncIterator[Receiver]:
    async with receiver() as one:
        yield one


async def hook(services: Services, owner: Actor, shop: Receiver, *types: str) -> NewSecret:
    return await services.webhooks.add(
        owner, EndpointChanges(url=f"{shop.url}/hook", event_types=list(types))
    )


async def test_an_event_arrives_signed_and_is_in_the_log(
    services: Services, owner: Actor, stranger: Actor, post: Post, shop: Receiver, clock: FakeClock
) -> None:
    made = await hook(services, owner, shop)
    await post.happen(owner)
    await post.happen(stranger)
    await post.work()

    (one,) = shop.received
    (row,) = await post.log(owner, made)
    # The library compares with the real time, the hub's is set by the test.
    signed = Webhook(made.secret).sign(one.headers["webhook-id"], clock(), one.body.decode())
    assert one.headers["webhook-signature"] == signed
    assert one.body.decode().startswith('{"type":"provisioning.completed","timestamp":"20')
    assert (row.status, row.event_id, row.attempt_count) == ("delivered", one.headers["webhook-id"], 1)
    assert (row.tries[0].status, row.tries[0].problem) == (204, "")
    assert await post.events.depth() == await post.sender.depth() == 0


async def test_a_secret_that_cannot_be_read_keeps_nobody_else_waiting(
    services: Services, owner: Actor, post: Post, shop: Receiver
) -> None:
    broken, whole = await hook(services, owner, shop), await hook(services, owner, shop)
    async with services.database.write() as session:
        row = await session.get_one(WebhookEndpoint, broken.endpoint.id)
        row.secret = "box1.00000000.c2VhbGVkIHdpdGggYSBrZXkgdGhhdCBpcyBnb25l"
    await post.happen(owner)
    await post.work()

    assert [one.status for made in (broken, whole) for one in await post.log(owner, made)] == [
        "failed",
        "delivered",
    ]
    assert await post.sender.depth() == 0


async def test_only_events_that_are_wanted_come(
    services: Services, owner: Actor, post: Post, shop: Receiver
) -> None:
    await hook(services, owner, shop, "usage.recorded")
    await post.happen(owner)
    await post.happen(owner, UsageRecorded(server_id="ten_1", buckets=3))
    await post.work()

    assert [b"usage.recorded" in one.body for one in shop.received] == [True]


async def test_it_is_tried_again_under_the_same_id_until_it_is_taken(
    services: Services, owner: Actor, post: Post, shop: Receiver, clock: FakeClock
) -> None:
    made = await hook(services, owner, shop)
    shop.answer = lambda _one: Response(status_code=500 if len(shop.received) < 3 else 200)
    await post.happen(owner)
    waits = []
    for _ in range(3):
        waits.append(await post.work())
        clock.advance(minutes=1)

    assert len({one.headers["webhook-id"] for one in shop.received}) == 1
    assert len({one.headers["webhook-timestamp"] for one in shop.received}) == 3
    assert [wait is not None for wait in waits] == [True, True, False]
    (row,) = await post.log(owner, made)
    assert (row.status, [one.status for one in row.tries]) == ("delivered", [500, 500, 200])
    assert (await services.webhooks.list(owner))[0].state == "active"


@pytest.mark.slow
async def test_after_the_last_try_it_is_given_up_and_can_be_sent_again(
    services: Services, owner: Actor, post: Post, shop: Receiver, clock: FakeClock
) -> None:
    made = await hook(services, owner, shop)
    shop.answer = lambda _one: Response(status_code=503)
    await post.happen(owner)
    for _ in range(12):
        await post.work()
        clock.advance(hours=15)
        # As if others were taken meanwhile, so that the address stays on.
        await services.webhooks.change(owner, made.endpoint.id, EndpointChanges(is_paused=False))
    (row,) = await post.log(owner, made)
    assert (row.status, row.attempt_count) == ("failed", 11)

    shop.answer = lambda _one: Response()
    await services.webhooks.redeliver(owner, made.endpoint.id, row.id)
    with pytest.raises(Conflict):
        await services.webhooks.redeliver(owner, made.endpoint.id, row.id)
    await post.work()
    (again,) = await post.log(owner, made)
    assert (again.status, again.event_id) == ("delivered", row.event_id)


@pytest.mark.slow
async def test_an_address_that_fails_for_days_is_switched_off_and_its_owner_told(
    services: Services, owner: Actor, post: Post, shop: Receiver, clock: FakeClock
) -> None:
    made = await hook(services, owner, shop)
    shop.answer = lambda _one: Response(status_code=404)
    for _ in range(4):
        await post.happen(owner)
        await post.work()
        clock.advance(days=1, minutes=1)
    services.post.soon()

    assert (await services.webhooks.get(owner, made.endpoint.id)).state == "disabled"
    assert "switched a webhook off" in (await mails_to(services, owner.email))[0]
    received = len(shop.received)
    await post.happen(owner)
    await post.work()
    assert len(shop.received) == received
    with pytest.raises(Conflict):
        await services.webhooks.test(owner, made.endpoint.id)


@pytest.mark.slow
async def test_two_events_that_failed_weeks_apart_are_no_days_of_failing(
    services: Services, owner: Actor, post: Post, shop: Receiver, clock: FakeClock
) -> None:
    made = await hook(services, owner, shop)
    shop.answer = lambda _one: Response(status_code=503)
    await post.happen(owner)
    while (rest := await post.work()) is not None:
        clock.advance(seconds=rest)
    assert (await services.webhooks.get(owner, made.endpoint.id)).state == "failing"

    clock.advance(days=14)
    for _ in range(2):
        await post.happen(owner)
        await post.work()
        clock.advance(seconds=10)
    assert (await services.webhooks.get(owner, made.endpoint.id)).state == "failing"


async def test_gone_means_gone(services: Services, owner: Actor, post: Post, shop: Receiver) -> None:
    made = await hook(services, owner, shop)
    shop.answer = lambda _one: Response(status_code=410)
    await post.happen(owner)
    await post.work()

    assert (await services.webhooks.get(owner, made.endpoint.id)).state == "disabled"


async def test_while_secrets_change_both_sign(
    services: Services, owner: Actor, post: Post, shop: Receiver, clock: FakeClock
) -> None:
    made = await hook(services, owner, shop)
    await services.webhooks.rotate(owner, made.endpoint.id)
    await post.happen(owner)
    await post.work()
    clock.advance(hours=25)
    await post.happen(owner)
    await post.work()

    assert [len(one.headers["webhook-signature"].split()) for one in shop.received] == [2, 1]


@pytest.mark.slow
async def test_one_slow_address_does_not_keep_others_waiting(
    services: Services, owner: Actor, post: Post, shop: Receiver
) -> None:
    await hook(services, owner, shop)
    async with receiver() as other:
        await hook(services, owner, other)
        for _ in range(30):
            await post.happen(owner)
        await post.work()

        assert (len(shop.received), len(other.received)) == (30, 30)


async def test_whoever_dies_over_a_delivery_leaves_it(
    services: Services, owner: Actor, post: Post, shop: Receiver, clock: FakeClock
) -> None:
    await hook(services, owner, shop)
    await post.happen(owner)
    await post.events.hand_on()
    await post.sender._take()
    await post.work()
    assert shop.received == []
    clock.advance(minutes=2)
    await post.work()

    assert len(shop.received) == 1


async def test_the_log_is_kept_for_a_month(
    services: Services, owner: Actor, post: Post, shop: Receiver, clock: FakeClock
) -> None:
    await hook(services, owner, shop)
    await post.happen(owner)
    await post.work()
    clock.advance(days=29)
    assert await post.sender.forget_old() == 0
    clock.advance(days=2)
    assert await post.sender.forget_old() == 1
    async with services.database.read() as session:
        assert (await session.exec(select(WebhookDelivery))).all() == []

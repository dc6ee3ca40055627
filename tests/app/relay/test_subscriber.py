"""One subscription, bounded mailboxes, and what a listener is told when signals were lost."""

import asyncio

import pytest

from letsbe_app.kit.ids import new_id
from letsbe_app.relay import Relay, Topic
from letsbe_app.relay import subscriber as module
from letsbe_app.relay.channels import Wake, customer_channel, link_channel, link_taker
from letsbe_app.relay.subscriber import RECHECK, Mailbox, Recheck, Signal
from tests.support.hub import new_content
from tests.support.redis import RedisServer, running_redis


async def soon(mailbox: Mailbox) -> Signal | Recheck:
    return await asyncio.wait_for(mailbox.get(), 30)


async def test_wake_reaches_every_worker_that_follows(redis_server: RedisServer, relay: Relay) -> None:
    other = Relay(redis_server.url, new_content())
    customer = new_id("cus")
    channel = customer_channel(customer)
    async with relay.subscriber.mailbox() as first, other.subscriber.mailbox() as second:
        await relay.subscriber.follow(first, channel)
        await other.subscriber.follow(second, channel)
        await relay.publisher.announce(customer, Topic.APPROVALS, "apr_1")
        expected = Wake(Topic.APPROVALS, "apr_1")
        for mailbox in (first, second):
            signal = await soon(mailbox)
            assert isinstance(signal, Signal)
            assert Wake.decode(signal.data) == expected
    await other.close()


async def test_second_listener_of_a_channel_shares_the_subscription(relay: Relay) -> None:
    tenant = new_id("ten")
    async with relay.subscriber.mailbox() as first, relay.subscriber.mailbox() as second:
        await relay.subscriber.follow(first, link_channel(tenant))
        await relay.subscriber.follow(second, link_channel(tenant))
        await relay.subscriber.unfollow(first, link_channel(tenant))
        await relay.publisher.take_over(tenant, "lnk_2")
        signal = await soon(second)
        assert isinstance(signal, Signal)
        assert link_taker(signal.data) == "lnk_2"


async def test_full_mailbox_turns_into_one_recheck(relay: Relay) -> None:
    tenant = new_id("ten")
    async with relay.subscriber.mailbox(limit=2) as slow, relay.subscriber.mailbox() as fast:
        await relay.subscriber.follow(slow, link_channel(tenant))
        await relay.subscriber.follow(fast, link_channel(tenant))
        for _ in range(4):
            await relay.publisher.wake_link(tenant)
        for _ in range(4):
            assert isinstance(await soon(fast), Signal)
        assert await soon(slow) is RECHECK
        await relay.publisher.wake_link(tenant)
        assert isinstance(await soon(slow), Signal)


async def test_listener_is_told_to_look_again_after_redis_was_away() -> None:
    with running_redis() as server:
        relay = Relay(server.url, new_content())
        tenant = new_id("ten")
        async with relay.subscriber.mailbox() as mailbox:
            await relay.subscriber.follow(mailbox, link_channel(tenant))
            server.kill()
            await relay.publisher.wake_link(tenant)
            server.start()
            assert await soon(mailbox) is RECHECK
            await relay.publisher.wake_link(tenant)
            assert isinstance(await soon(mailbox), Signal)
        await relay.close()


async def test_follow_while_redis_is_away_rechecks_once_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "CONFIRM_TIMEOUT_SECONDS", 0.1)
    with running_redis() as server:
        server.kill()
        relay = Relay(server.url, new_content())
        async with relay.subscriber.mailbox() as mailbox:
            await relay.subscriber.follow(mailbox, link_channel("ten_1"))
            server.start()
            assert await soon(mailbox) is RECHECK
        await relay.close()


async def test_channel_left_and_followed_again_delivers(relay: Relay) -> None:
    tenant = new_id("ten")
    async with relay.subscriber.mailbox() as mailbox:
        for _ in range(5):
            await relay.subscriber.follow(mailbox, link_channel(tenant))
            await relay.subscriber.unfollow(mailbox, link_channel(tenant))
        await relay.subscriber.follow(mailbox, link_channel(tenant))
        await relay.publisher.wake_link(tenant)
        assert isinstance(await soon(mailbox), Signal)


async def test_many_who_leave_while_redis_dies_do_no_harm() -> None:
    """Commands of others beside the reader's own reconnect once raised, and once ended the reader."""
    with running_redis() as server:
        relay = Relay(server.url, new_content())
        try:
            async with relay.subscriber.mailbox() as steady:
                await relay.subscriber.follow(steady, customer_channel("steady"))
                for round_number in range(5):
                    server.kill()
                    await asyncio.gather(*(_come_and_go(relay, number) for number in range(20)))
                    server.start()
                    assert await soon(steady) is RECHECK
                    await relay.publisher.announce("steady", Topic.TENANT, str(round_number))
                    while (heard := await soon(steady)) is RECHECK:
                        continue
                    assert isinstance(heard, Signal)
                    assert Wake.decode(heard.data).id == str(round_number)
        finally:
            await relay.close()


async def _come_and_go(relay: Relay, number: int) -> None:
    async with relay.subscriber.mailbox() as mailbox:
        task = asyncio.create_task(relay.subscriber.follow(mailbox, customer_channel(str(number))))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

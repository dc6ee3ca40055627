"""Announcing is best effort."""

import time

from letsbe_app.relay import Relay, Topic
from letsbe_app.relay.channels import JOBS_CHANNEL, Wake
from letsbe_app.relay.subscriber import Signal
from tests.support.hub import new_content


async def test_write_goes_on_without_redis() -> None:
    relay = Relay("redis://127.0.0.1:1/0", new_content())
    begin = time.monotonic()
    await relay.publisher.announce("cus_1", Topic.TENANT, "ten_1")
    await relay.publisher.wake_link("ten_1")
    await relay.publisher.wake_jobs("ten_1")
    assert time.monotonic() - begin < 2
    await relay.close()


async def test_jobs_are_woken_with_the_id(relay: Relay) -> None:
    async with relay.subscriber.mailbox() as mailbox:
        await relay.subscriber.follow(mailbox, JOBS_CHANNEL)
        await relay.publisher.wake_jobs("ord_1")
        assert await mailbox.get() == Signal(JOBS_CHANNEL, b"ord_1")


def test_wake_survives_the_wire() -> None:
    wake = Wake(Topic.PROVISIONING, "ord_1")
    assert Wake.decode(wake.encode()) == wake

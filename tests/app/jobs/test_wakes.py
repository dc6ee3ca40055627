"""Waiting for servers."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from letsbe_app.composition import Services
from letsbe_app.jobs.wakes import JobWakes


@pytest.fixture
async def wakes(services: Services) -> AsyncIterator[JobWakes]:
    made = JobWakes(services.relay, look_again_seconds=60)
    first_look = asyncio.Event()

    async def on_wake() -> None:
        first_look.set()

    listening = asyncio.create_task(made.listen(on_wake))
    await first_look.wait()
    yield made
    listening.cancel()


async def test_a_wait_ends_with_the_wake_that_brings_what_it_looks_for(
    services: Services, wakes: JobWakes
) -> None:
    answers = iter([None, None, "there"])

    async def look() -> str | None:
        return next(answers)

    waiting = asyncio.create_task(wakes.until("ten_1", look, 10))
    await asyncio.sleep(0)
    for _ in range(2):
        await services.relay.publisher.wake_jobs("ten_1")

    assert await asyncio.wait_for(waiting, 30) == "there"


async def test_the_wake_of_another_server_is_not_ours(services: Services, wakes: JobWakes) -> None:
    looks = 0

    async def look() -> str | None:
        nonlocal looks
        looks += 1
        return "there" if looks > 1 else None

    waiting = asyncio.create_task(wakes.until("ten_1", look, 10))
    await asyncio.sleep(0)
    await services.relay.publisher.wake_jobs("ten_2")
    other = asyncio.create_task(wakes.until("ten_2", look_once("there"), 10))
    assert await asyncio.wait_for(other, 30) == "there"
    assert looks == 1

    await services.relay.publisher.wake_jobs("ten_1")
    assert await asyncio.wait_for(waiting, 30) == "there"


def look_once(answer: str):  # type: ignore[no-untyped-def]
    async def look() -> str:
        return answer

    return look


async def test_a_wait_ends_with_its_time(wakes: JobWakes) -> None:
    async def never() -> str | None:
        return None

    assert await wakes.until("ten_1", never, 0.05) is None


async def test_a_lost_wake_is_made_up_for_by_looking_again(services: Services) -> None:
    wakes = JobWakes(services.relay, look_again_seconds=0.02)
    answers = iter([None, None, "there"])

    async def look() -> str | None:
        return next(answers)

    assert await wakes.until("ten_1", look, 5) == "there"
    assert not wakes._waiting


async def test_what_the_look_raises_reaches_who_waits(wakes: JobWakes) -> None:
    async def broken() -> str | None:
        raise ValueError("down")

    with pytest.raises(ValueError, match="down"):
        await wakes.until("ten_1", broken, 5)


async def test_the_listener_is_called_at_its_start_and_at_every_wake(services: Services) -> None:
    called: asyncio.Queue[None] = asyncio.Queue()

    async def on_wake() -> None:
        called.put_nowait(None)

    listening = asyncio.create_task(JobWakes(services.relay, look_again_seconds=60).listen(on_wake))
    await asyncio.wait_for(called.get(), 30)
    await services.relay.publisher.wake_jobs("ten_1")
    await asyncio.wait_for(called.get(), 30)
    listening.cancel()

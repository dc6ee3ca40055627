"""Only so many at once, only so many waiting."""

import asyncio

import pytest

from letsbe_app.kit.turnstile import Crowded, Turnstile


async def test_one_after_the_other_in_the_order_of_coming() -> None:
    turnstile, order = Turnstile(at_once=1, waiting=10, wait_seconds=5), []

    async def pass_through(number: int) -> None:
        async with turnstile.turn():
            order.append(number)
            await asyncio.sleep(0)
            order.append(number)

    await asyncio.gather(*(pass_through(number) for number in range(3)))
    assert order == [0, 0, 1, 1, 2, 2]


async def test_whoever_finds_too_long_a_queue_is_sent_away_at_once() -> None:
    turnstile = Turnstile(at_once=1, waiting=1, wait_seconds=60)
    async with turnstile.turn():
        waiting = asyncio.create_task(_turn(turnstile))
        await asyncio.sleep(0)
        with pytest.raises(Crowded) as crowded:
            await _turn(turnstile)
        assert crowded.value.retry_after_seconds == 60
    await waiting


async def test_nobody_waits_for_ever_and_a_place_is_given_back_after_a_failure() -> None:
    turnstile = Turnstile(at_once=1, waiting=10, wait_seconds=0.01)
    with pytest.raises(KeyError):
        await _fail_inside(turnstile)
    await _turn(turnstile)


async def _fail_inside(turnstile: Turnstile) -> None:
    async with turnstile.turn():
        with pytest.raises(Crowded):
            await _turn(turnstile)
        raise KeyError


async def _turn(turnstile: Turnstile) -> None:
    async with turnstile.turn():
        pass

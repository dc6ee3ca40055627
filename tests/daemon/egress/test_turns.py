"""When many requests come at once, the first goes on before the last is prepared."""

import asyncio

from tenant_daemon.egress.turns import Turns


async def test_first_is_served_before_the_last_is_prepared() -> None:
    turns, seen = Turns(), list[str]()

    async def request(name: str) -> None:
        async with turns:
            seen.append(f"prepared {name}")
        seen.append(f"sent {name}")

    await asyncio.gather(*[request(name) for name in "abcd"])
    assert seen.index("sent a") < seen.index("prepared d")


async def test_turn_of_a_request_that_was_given_up_goes_to_the_next() -> None:
    turns, seen = Turns(), list[str]()
    held = asyncio.Event()

    async def first() -> None:
        async with turns:
            await held.wait()

    async def later(name: str) -> None:
        async with turns:
            seen.append(name)

    tasks = [asyncio.create_task(work) for work in (first(), later("given up"), later("next"))]
    await asyncio.sleep(0)
    tasks[1].cancel()
    held.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert seen == ["next"]

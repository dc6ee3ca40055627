"""Calls that share their way."""

import asyncio
from collections.abc import Sequence

import pytest

from letsbe_app.kit.joined import JoinedCalls


class Service:
    """Doubles numbers, one call at a time, when it is let."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.may_answer = asyncio.Event()

    async def __call__(self, items: Sequence[int]) -> list[int]:
        self.calls.append(list(items))
        await self.may_answer.wait()
        if 13 in items:
            raise ValueError("13")
        return [2 * item for item in items]


async def test_a_lone_caller_goes_at_once_and_a_crowd_goes_together() -> None:
    service = Service()
    joined = JoinedCalls(service, most=100)
    asked = [asyncio.create_task(joined.ask([number, -number])) for number in (1, 2, 3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    late = [asyncio.create_task(joined.ask([number])) for number in (4, 5)]
    await asyncio.sleep(0)
    service.may_answer.set()
    assert [list(one) for one in await asyncio.gather(*asked)] == [[2, -2], [4, -4], [6, -6]]
    assert [list(one) for one in await asyncio.gather(*late)] == [[8], [10]]
    assert service.calls == [[1, -1, 2, -2, 3, -3], [4, 5]]


async def test_a_failure_reaches_those_of_its_call_and_later_ones_go_on() -> None:
    service = Service()
    service.may_answer.set()
    joined = JoinedCalls(service, most=2)
    outcomes = await asyncio.gather(*(joined.ask([one]) for one in (1, 13, 2, 3)), return_exceptions=True)
    assert [isinstance(one, ValueError) for one in outcomes] == [True, True, False, False]
    with pytest.raises(ValueError, match="13"):
        await joined.ask([13])
    assert list(await joined.ask([4])) == [8]

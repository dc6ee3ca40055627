"""Parts that run as one."""

import asyncio

import pytest

from letsbe_app.kit.tasks import run_until_one_fails, to_the_end


async def test_first_failure_ends_the_others_and_is_raised_itself() -> None:
    ended = []

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async def failing() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await run_until_one_fails(endless(), failing(), endless())
    assert ended == [True, True]


async def test_cancelling_it_cancels_the_parts() -> None:
    started, ended = asyncio.Event(), asyncio.Event()

    async def endless() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    task = asyncio.create_task(run_until_one_fails(endless()))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_cancelled_part_runs_to_its_end_first() -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), []

    async def unit_of_work() -> None:
        begun.set()
        await may_end.wait()
        ended.append(True)

    task = asyncio.create_task(to_the_end(unit_of_work()))
    await begun.wait()
    task.cancel()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [True]


async def test_result_and_failure_come_through() -> None:
    async def give(value: int) -> int:
        if value < 0:
            raise LookupError("gone")
        return value

    assert await to_the_end(give(7)) == 7
    with pytest.raises(LookupError):
        await to_the_end(give(-1))

"""Chores: done when asked, when due, and again after a failure."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from sqlalchemy.exc import OperationalError

from letsbe_app.jobs.chores import Chore


@asynccontextmanager
async def running(work: Callable[[], Awaitable[float | None]], every_seconds: float) -> AsyncIterator[Chore]:
    chore = Chore("test", work, every_seconds)
    task = asyncio.create_task(chore.run())
    try:
        yield chore
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_it_works_at_once_and_when_asked() -> None:
    done: asyncio.Queue[int] = asyncio.Queue()

    async def work() -> None:
        done.put_nowait(1)

    async with running(work, 60) as chore, asyncio.timeout(30):
        await done.get()
        assert done.empty()
        chore.nudge()
        await done.get()


async def test_it_works_when_its_own_time_has_come() -> None:
    done: asyncio.Queue[int] = asyncio.Queue()

    async def work() -> float:
        done.put_nowait(1)
        return 0.001

    async with running(work, 60), asyncio.timeout(30):
        for _ in range(3):
            await done.get()


@pytest.mark.parametrize(
    "failure", [OperationalError("SELECT 1", {}, Exception("gone")), ValueError("of one row")]
)
async def test_a_failure_does_not_end_it(failure: Exception) -> None:
    done: asyncio.Queue[int] = asyncio.Queue()

    async def work() -> None:
        done.put_nowait(1)
        raise failure

    async with running(work, 60) as chore, asyncio.timeout(30):
        await done.get()
        chore.nudge()
        await done.get()


async def test_it_ends_when_told_to_also_in_the_moment_in_which_it_is_asked() -> None:
    resting = asyncio.Event()

    async def work() -> None:
        resting.set()

    chore = Chore("test", work, 60)
    task = asyncio.create_task(chore.run())
    await resting.wait()
    await asyncio.sleep(0)
    chore.nudge()
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=30)

    assert done == {task}
    assert task.cancelled()

"""Work that costs no task while nobody asks for it."""

import asyncio
from contextvars import copy_context

from letsbe_app.kit.on_demand import OnDemand


async def test_calls_while_it_runs_have_it_run_once_more() -> None:
    runs: list[int] = []
    failures: list[Exception] = []
    may_end = asyncio.Event()

    async def part() -> None:
        runs.append(len(runs))
        await may_end.wait()

    work = OnDemand(part, failures.append, copy_context())
    for _ in range(3):
        work.call()
    await asyncio.sleep(0)
    for _ in range(3):
        work.call()
    assert runs == [0]
    may_end.set()
    assert work._task is not None
    await work._task
    assert runs == [0, 1]
    assert failures == []


async def test_a_failure_goes_to_its_owner_and_the_next_call_runs_again() -> None:
    seen: list[Exception] = []
    runs: list[int] = []

    async def part() -> None:
        runs.append(1)
        raise ValueError("broken")

    work = OnDemand(part, seen.append, copy_context())
    for count in (1, 2):
        work.call()
        assert work._task is not None
        await work._task
        assert (len(runs), len(seen)) == (count, count)

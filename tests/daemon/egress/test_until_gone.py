"""Work ends when its client leaves, and only then."""

import asyncio
from typing import Any

import pytest

from tenant_daemon.egress.until_gone import UntilGone


class Client:
    def __init__(self) -> None:
        self.left = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}


async def test_client_that_leaves_ends_the_work_and_nothing_behind_it() -> None:
    client, steps = Client(), list[str]()
    async with UntilGone(client.receive) as waiting:
        client.left.set()
        await asyncio.Event().wait()
        steps.append("worked on")
    await asyncio.sleep(0)
    assert waiting.is_gone
    assert steps == []


async def test_work_of_a_client_that_stays_is_done() -> None:
    async with UntilGone(Client().receive) as waiting:
        await asyncio.sleep(0)
    assert not waiting.is_gone


async def test_failure_is_not_taken_for_a_client_that_left() -> None:
    client = Client()

    async def work() -> None:
        async with UntilGone(client.receive):
            client.left.set()
            try:
                await asyncio.Event().wait()
            finally:
                raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await work()


async def test_cancellation_by_somebody_else_stands() -> None:
    client = Client()

    async def work() -> None:
        async with UntilGone(client.receive):
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    client.left.set()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

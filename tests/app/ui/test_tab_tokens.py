"""Tabs keep their state over a worker that was killed, and duplicated tabs get one of their own."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from letsbe_app.ui.tab_tokens import TabTokens, with_our_tokens


@pytest.fixture
async def clients(redis_url: str) -> AsyncIterator[list[Redis]]:
    made = [Redis.from_url(redis_url) for _ in range(2)]
    yield made
    for client in made:
        await client.aclose()


async def _killed(worker: TabTokens, client: Redis) -> None:
    """What a kill leaves: no connection, and every record as it was."""
    for task in (worker._listening, worker._socket_record_task):
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    await client.connection_pool.disconnect()


async def test_tab_keeps_its_state_when_its_worker_was_killed(clients: list[Redis]) -> None:
    old, new = (TabTokens(client) for client in clients)
    token = f"tab-{old.instance_id}"
    assert await old.link_token_to_sid(token, "sid-1") is None

    assert await new.link_token_to_sid(token, "sid-2") is not None, "its worker is there: a duplicated tab"
    await _killed(old, clients[0])
    assert await new.link_token_to_sid(token, "sid-3") is None
    await _killed(new, clients[1])


async def test_duplicated_tab_of_the_same_worker_has_a_state_of_its_own(clients: list[Redis]) -> None:
    worker = with_our_tokens(TabTokens(clients[0]))
    token = f"tab-{worker.instance_id}"
    assert await worker.link_token_to_sid(token, "sid-1") is None
    assert await worker.link_token_to_sid(token, "sid-2") is not None
    assert isinstance(worker, TabTokens)
    await _killed(worker, clients[0])

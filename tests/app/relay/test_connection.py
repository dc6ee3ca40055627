"""The client of Redis, where it differs from the library's."""

import asyncio
from itertools import count

import pytest

from letsbe_app.relay.connection import open_redis
from tests.support.redis import RedisServer


@pytest.mark.parametrize("road", ["port", "socket"])
async def test_cancellation_is_kept_in_whatever_moment_it_comes(redis_server: RedisServer, road: str) -> None:
    redis = open_redis(redis_server.url if road == "port" else redis_server.socket_url)
    await redis.set("k", "v")
    for turns in count():
        asked = asyncio.create_task(redis.execute_command("GET", "k"))
        for _ in range(turns):
            await asyncio.sleep(0)
        if asked.done():
            break
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        # Connected anew, so that the next one is cancelled a step later of the same way.
        assert await redis.get("k") == b"v"
    assert turns > 2
    await redis.aclose()

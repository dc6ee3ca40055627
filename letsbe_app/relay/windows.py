"""How often something happened lately, counted for all workers together."""

from collections.abc import Sequence
from typing import Final

from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from letsbe_app.relay.connection import relay_errors

# Counting and setting the expiry is one step: a worker that dies in between would leave a counter for ever.
_COUNT: Final = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('TTL', KEYS[1])}
"""


class WindowCounter:
    """Fixed windows that begin with the first count. Every method raises RelayAway while Redis is away."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._count: AsyncScript = redis.register_script(_COUNT)

    async def count(self, name: str, window_seconds: int) -> tuple[int, int]:
        """Count once; gives the number of counts in this window and the seconds until it ends."""
        with relay_errors():
            count, seconds_left = await self._count(keys=[_key(name)], args=[window_seconds])
        return int(count), max(1, int(seconds_left))

    async def count_each(self, names: Sequence[str], window_seconds: int) -> list[tuple[int, int]]:
        """As ``count``, for several names in one round trip."""
        if not names:
            return []
        with relay_errors():
            async with self._redis.pipeline(transaction=False) as pipe:
                for name in names:
                    await self._count(keys=[_key(name)], args=[window_seconds], client=pipe)
                answers = await pipe.execute()
        return [(int(count), max(1, int(seconds_left))) for count, seconds_left in answers]

    async def forget(self, name: str) -> None:
        """Begin anew."""
        with relay_errors():
            await self._redis.delete(_key(name))


def _key(name: str) -> str:
    return f"letsbe:window:{name}"

"""Sealed boxes on their way to a browser: in memory for a minute, handed out once."""

from typing import Final

from redis.asyncio import Redis

from letsbe_app.relay.connection import relay_errors

_PREFIX: Final = "letsbe:box:"


class BoxShelf:
    """Every method raises RelayAway while Redis is away."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def put(self, request_id: str, box: str, seconds: int) -> None:
        """Keep the box for so many seconds."""
        with relay_errors():
            await self._redis.set(f"{_PREFIX}{request_id}", box, ex=max(1, seconds))

    async def take(self, request_id: str) -> str | None:
        """The box, which is gone from here with this; None when it is gone already."""
        with relay_errors():
            box = await self._redis.getdel(f"{_PREFIX}{request_id}")
        return box.decode() if isinstance(box, bytes) else box

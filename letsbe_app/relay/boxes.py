"""What is handed out once, and kept in memory for a short while: sealed boxes, challenges."""

from typing import Final

from redis.asyncio import Redis

from letsbe_app.relay.connection import relay_errors

BOXES: Final = "letsbe:box:"
"""Sealed boxes on their way to a browser."""
CHALLENGES: Final = "letsbe:challenge:"
"""What a device was asked to sign."""


class BoxShelf:
    """Every method raises RelayAway while Redis is away."""

    def __init__(self, redis: Redis, prefix: str = BOXES) -> None:
        self._redis = redis
        self._prefix = prefix

    async def put(self, name: str, box: str, seconds: int) -> None:
        """Keep the box for so many seconds."""
        with relay_errors():
            await self._redis.set(f"{self._prefix}{name}", box, ex=max(1, seconds))

    async def take(self, name: str) -> str | None:
        """The box, which is gone from here with this; None when it is gone already."""
        with relay_errors():
            box = await self._redis.getdel(f"{self._prefix}{name}")
        return box.decode() if isinstance(box, bytes) else box

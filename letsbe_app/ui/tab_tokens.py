"""
Which tab has which state, also after a worker that was killed.

Reflex gives a tab whose token another socket holds a state of its own: somebody has duplicated a tab. The record of
such a socket lies in Redis for an hour, so that every tab of a worker that was killed came back as its own duplicate,
and what was open and typed in it was gone. Here a record counts while its worker is there.
"""

import asyncio
import pickle
from typing import Any, Final

import structlog
from reflex.utils.token_manager import RedisTokenManager, TokenManager

_CHANNEL: Final = "letsbe:page-worker:"
_SUBSCRIBE_SECONDS: Final = 5.0

log = structlog.get_logger()


class TabTokens(RedisTokenManager):
    """Stands in for Reflex's own; every worker listens on a channel of its name, which ends with the worker."""

    def __init__(self, redis: Any) -> None:
        super().__init__(redis)
        self._listening: asyncio.Task[None] | None = None
        self._heard_as = ""

    async def link_token_to_sid(self, token: str, sid: str) -> str | None:
        """As Reflex's; a token whose worker is gone is free."""
        try:
            await self._be_there()
            await self._forget_dead(token)
        except Exception as exc:  # noqa: BLE001 - Redis is away, and Reflex's own way is to go on without
            log.warning("page.workers_unknown", reason=type(exc).__name__)
        return await super().link_token_to_sid(token, sid)

    async def _be_there(self) -> None:
        """Be known to the other workers before one of our records is."""
        if self._listening is not None and not self._listening.done() and self._heard_as == self.instance_id:
            return
        if self._listening is not None:
            self._listening.cancel()
        subscribed = asyncio.Event()
        self._heard_as = self.instance_id
        self._listening = asyncio.create_task(self._listen(self.instance_id, subscribed))
        async with asyncio.timeout(_SUBSCRIBE_SECONDS):
            await subscribed.wait()

    async def _listen(self, instance_id: str, subscribed: asyncio.Event) -> None:
        try:
            async with self.redis.pubsub() as pubsub:
                await pubsub.subscribe(f"{_CHANNEL}{instance_id}")
                async for message in pubsub.listen():
                    if message["type"] == "subscribe":
                        subscribed.set()
        except Exception as exc:  # noqa: BLE001 - the next tab that comes begins anew
            log.warning("page.worker_unheard", reason=type(exc).__name__)

    async def _forget_dead(self, token: str) -> None:
        key = self._get_redis_key(token)
        kept = await self.redis.get(key)
        if not kept:
            return
        # Written by Reflex's own manager, in the Redis that holds all states.
        owner = pickle.loads(kept).instance_id  # noqa: S301
        if owner == self.instance_id:
            return
        [(_, listeners)] = await self.redis.pubsub_numsub(f"{_CHANNEL}{owner}")
        if not listeners:
            await self.redis.delete(key)
            log.info("page.tab_taken_over")


def with_our_tokens(manager: TokenManager) -> TokenManager:
    """The one to use instead of Reflex's; the same where there is no Redis."""
    return TabTokens(manager.redis) if isinstance(manager, RedisTokenManager) else manager

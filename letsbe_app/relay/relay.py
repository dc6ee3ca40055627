"""Puts the parts of the relay together; one per worker process."""

from collections.abc import Awaitable
from typing import cast

from letsbe_app.db.tenant_content import TenantContent
from letsbe_app.relay.boxes import CHALLENGES, BoxShelf
from letsbe_app.relay.connection import open_redis, relay_errors
from letsbe_app.relay.outbox import Outbox
from letsbe_app.relay.presence import Presence
from letsbe_app.relay.publisher import Publisher
from letsbe_app.relay.stream import RunStreams
from letsbe_app.relay.subscriber import Subscriber
from letsbe_app.relay.windows import WindowCounter
from letsbe_app.settings import Settings


class Relay:
    """Streams, publisher, subscriber, presence, outbox, windows. Connects at first use."""

    def __init__(self, redis_url: str, content: TenantContent) -> None:
        self._redis = open_redis(redis_url)
        self._subscription_redis = open_redis(redis_url, retries=0, answer_seconds=None)
        self.streams = RunStreams(self._redis)
        self.publisher = Publisher(self._redis)
        self.presence = Presence(self._redis)
        self.subscriber = Subscriber(self._subscription_redis)
        self.outbox = Outbox(content)
        self.boxes = BoxShelf(self._redis)
        self.challenges = BoxShelf(self._redis, CHALLENGES)
        self.windows = WindowCounter(self._redis)

    @classmethod
    def from_settings(cls, settings: Settings, content: TenantContent) -> "Relay":
        """The relay on the configured Redis, or on the embedded one."""
        url = settings.redis_url.get_secret_value()
        return cls(url or f"redis://127.0.0.1:{settings.embedded_redis_port}/0", content)

    async def ping(self) -> None:
        """Raises RelayAway when Redis does not answer."""
        with relay_errors():
            await cast(Awaitable[bool], self._redis.ping())

    async def close(self) -> None:
        await self.subscriber.close()
        await self._subscription_redis.aclose()
        await self._redis.aclose()

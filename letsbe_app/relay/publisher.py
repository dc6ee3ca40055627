"""Announcing what was committed. Best effort: a lost wake is made up for by looking again."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog
from redis.asyncio import Redis

from letsbe_app.relay.channels import (
    JOBS_CHANNEL,
    LINK_CHECK,
    LINK_KEY,
    Topic,
    Wake,
    customer_channel,
    link_channel,
    link_taken,
)
from letsbe_app.relay.connection import RelayAway, relay_errors

log = structlog.get_logger()

ANNOUNCE_TIMEOUT_SECONDS: Final = 0.5


class Publisher:
    """Sends wakes. Call it after the commit; it never raises, so that a write succeeds without Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def announce(self, customer_id: str, topic: Topic, subject_id: str) -> None:
        """Tell the customer's browsers that something changed."""
        await self._publish(customer_channel(customer_id), Wake(topic, subject_id).encode())

    async def announce_all(self, facts: Sequence[tuple[str, Topic, str]]) -> None:
        """As ``announce``, for many in one round trip."""
        if not facts:
            return
        try:
            with relay_errors():
                async with asyncio.timeout(ANNOUNCE_TIMEOUT_SECONDS), self._redis.pipeline(False) as pipe:
                    for customer_id, topic, subject_id in facts:
                        pipe.publish(customer_channel(customer_id), Wake(topic, subject_id).encode())
                    await pipe.execute()
        except RelayAway as exc:
            log.warning("relay.announce_failed", cause=type(exc.__cause__).__name__)

    async def wake_link(self, tenant_id: str) -> None:
        """Tell the tenant's link to look at the outbox and the wanted configuration."""
        await self._publish(link_channel(tenant_id), LINK_CHECK)

    async def check_link_key(self, tenant_id: str) -> None:
        """Tell the tenant's links to look whether their key still counts."""
        await self._publish(link_channel(tenant_id), LINK_KEY)

    async def wake_jobs(self, tenant_id: str) -> None:
        """Tell the jobs process that this server may need a step."""
        await self._publish(JOBS_CHANNEL, tenant_id.encode())

    async def take_over(self, tenant_id: str, link_id: str) -> None:
        """Tell older links of the tenant to close."""
        await self._publish(link_channel(tenant_id), link_taken(link_id))

    async def _publish(self, channel: str, data: bytes) -> None:
        try:
            with relay_errors():
                async with asyncio.timeout(ANNOUNCE_TIMEOUT_SECONDS):
                    await self._redis.publish(channel, data)
        except RelayAway as exc:
            log.warning("relay.announce_failed", cause=type(exc.__cause__).__name__)

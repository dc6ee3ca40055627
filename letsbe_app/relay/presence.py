"""Which tenants are online: a key with expiry that names the connection which holds the link."""

from collections.abc import Sequence
from typing import Final

import structlog
from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from letsbe_app.relay.channels import presence_key
from letsbe_app.relay.connection import RelayAway, relay_errors

log = structlog.get_logger()

KEPT_SECONDS: Final = 45
"""Three heartbeats."""

# Of two links the one whose id sorts last is the newer one; also again after Redis has lost its memory.
_RENEW: Final = """
local holder = redis.call('GET', KEYS[1])
if holder and holder > ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
"""
_RELEASE: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


def link_id(link_number: int, connection_id: str) -> str:
    """
    The name of a link, which sorts behind those of the tenant's earlier links.

    Args:
        link_number: The daemon's. It alone knows in which order it connected: workers' clocks differ, and one
            that is busy may come to an older connection last.
        connection_id: Tells links of the same number apart.
    """
    return f"{link_number % 10**20:020d}{connection_id}"


class Presence:
    """Asked by pages, kept up by links."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._renew: AsyncScript = redis.register_script(_RENEW)
        self._release: AsyncScript = redis.register_script(_RELEASE)

    async def is_online(self, tenant_id: str) -> bool:
        """Whether the tenant has a link now. False while Redis is away."""
        return bool(await self.online_among([tenant_id]))

    async def online_among(self, tenant_ids: Sequence[str]) -> set[str]:
        """Those of the tenants that have a link now."""
        if not tenant_ids:
            return set()
        try:
            with relay_errors():
                async with self._redis.pipeline(transaction=False) as pipe:
                    for tenant_id in tenant_ids:
                        pipe.get(presence_key(tenant_id))
                    holders = await pipe.execute()
        except RelayAway:
            log.warning("presence.unknown", tenants=len(tenant_ids))
            return set()
        return {tenant_id for tenant_id, holder in zip(tenant_ids, holders, strict=True) if holder}

    async def renew(self, tenant_id: str, link_id: str) -> bool:
        """
        Claim or keep the tenant for a link, and say whether it is the newest one.

        Args:
            tenant_id: Whose link it is.
            link_id: From ``link_id``.

        Raises:
            RelayAway: Nobody can tell; the connection stays.
        """
        with relay_errors():
            is_holder = await self._renew(keys=[presence_key(tenant_id)], args=[link_id, KEPT_SECONDS])
        return bool(is_holder)

    async def renew_all(self, links: Sequence[tuple[str, str]]) -> list[bool]:
        """
        As ``renew``, for the links of many tenants in one round trip.

        Args:
            links: Each a tenant's id and its link's.

        Raises:
            RelayAway: Nobody can tell.
        """
        with relay_errors():
            async with self._redis.pipeline(transaction=False) as pipe:
                for tenant_id, link_id in links:
                    await self._renew(
                        keys=[presence_key(tenant_id)], args=[link_id, KEPT_SECONDS], client=pipe
                    )
                answers = await pipe.execute()
        return [bool(is_holder) for is_holder in answers]

    async def release(self, tenant_id: str, link_id: str) -> None:
        """The connection ended; another one that took over keeps its claim."""
        try:
            with relay_errors():
                await self._release(keys=[presence_key(tenant_id)], args=[link_id])
        except RelayAway:
            log.info("presence.release_left_to_expiry", tenant_id=tenant_id)

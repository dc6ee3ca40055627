"""How servers come in: one after the other, also when the whole fleet stands at the door."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog

from letsbe_app.errors import RateLimited
from letsbe_app.fleet.tenants.schemas import TenantIdentity
from letsbe_app.hub.ports import LinkServices
from letsbe_app.kit.turnstile import Turnstile
from letsbe_app.relay import RelayAway

log = structlog.get_logger()

AT_ONCE: Final = 48
"""Connections that a worker opens at a time, which share their questions to the database."""
WAITING: Final = 8_000
"""More servers than a worker is planned for. What waits costs some KiB; who is sent away comes again."""
WAIT_SECONDS: Final = 20.0
"""A daemon gives up its handshake after 30 seconds."""
CONNECTS_PER_MINUTE: Final = 600
"""Of one server. A daemon waits between its tries; this stops one that does not."""


def new_admission() -> Turnstile:
    """One per worker."""
    return Turnstile(AT_ONCE, WAITING, WAIT_SECONDS)


@asynccontextmanager
async def admitted(api_key: str, services: LinkServices) -> AsyncIterator[TenantIdentity]:
    """
    Let a server in; the block is its turn at the door.

    Raises:
        NotSignedIn: The key is not valid.
        RateLimited: Too many servers come, or this one comes too often.
    """
    async with services.admission.turn():
        yield await identify(api_key, services)


async def identify(api_key: str, services: LinkServices) -> TenantIdentity:
    """
    Whose key it is; counts as a connection of that server.

    Raises:
        NotSignedIn: The key is not valid.
        RateLimited: This server comes too often.
    """
    identity = await services.tenants.authenticate(api_key)
    await _check_rate(identity.tenant_id, services)
    return identity


async def _check_rate(tenant_id: str, services: LinkServices) -> None:
    try:
        count, seconds = await services.relay.windows.count(f"link:{tenant_id}", 60)
    except RelayAway:
        return
    if count > CONNECTS_PER_MINUTE:
        log.warning("link.connects_too_often", tenant_id=tenant_id)
        raise RateLimited("This server connects too often.", seconds)

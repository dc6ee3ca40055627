"""An owner with a server, and a stranger with another one."""

from collections.abc import Awaitable, Callable

import pytest

from letsbe_app.composition import Services
from letsbe_app.people.authz.actor import Actor
from tests.support.hub import paid_order


async def _with_server(services: Services, actor: Actor) -> str:
    _, tenant_id = await paid_order(services, actor)
    await services.agents.create_defaults(tenant_id)
    return tenant_id


@pytest.fixture
async def tenant_id(services: Services, owner: Actor) -> str:
    return await _with_server(services, owner)


@pytest.fixture
async def strange_tenant_id(services: Services, stranger: Actor) -> str:
    return await _with_server(services, stranger)


@pytest.fixture
async def conversation_id(services: Services, owner: Actor, tenant_id: str) -> str:
    return (await services.conversations.start(owner, tenant_id, "dispatcher")).id


@pytest.fixture
def waiting(services: Services) -> Callable[[str], Awaitable[list[dict[str, object]]]]:
    """Payloads in a server's outbox."""

    async def read(tenant_id: str) -> list[dict[str, object]]:
        async with services.database.read() as session:
            rows = await services.relay.outbox.waiting(session, tenant_id, 100)
        return [row.payload for row in rows]

    return read

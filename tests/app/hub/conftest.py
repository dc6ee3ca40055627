"""A hub with two workers over one database and one Redis."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.live_hub import Customer, LiveHub, live_hub, new_customer


@pytest.fixture
async def hub(tmp_path: Path, redis_url: str, database_url: str) -> AsyncIterator[LiveHub]:
    async with live_hub(tmp_path / "data", redis_url, workers=2, database_url=database_url) as running:
        yield running


@pytest.fixture
async def customer(hub: LiveHub) -> Customer:
    return await new_customer(hub.workers[0].services)


@pytest.fixture
async def conversation_id(hub: LiveHub, customer: Customer) -> str:
    services = hub.workers[0].services
    return (await services.conversations.start(customer.actor, customer.tenant_id, "dispatcher")).id

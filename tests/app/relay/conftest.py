"""A real Redis per module, and a relay on it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from letsbe_app.relay import Relay
from tests.support.hub import new_content
from tests.support.redis import RedisServer, running_redis


@pytest.fixture(scope="module")
def redis_server() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture
async def relay(redis_server: RedisServer) -> AsyncIterator[Relay]:
    relay = Relay(redis_server.url, new_content())
    yield relay
    await relay.close()

"""Fixtures for tests of the hub: one Redis per run, a fresh database per test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from letsbe_app.composition import Services
from letsbe_app.people.authz.actor import Actor
from tests.support.engines import SMALL, chosen_engine
from tests.support.hub import FakeClock, new_owner, running_services
from tests.support.postgresql import running_postgresql
from tests.support.quick_hub import quicken_sqlite
from tests.support.redis import RedisServer, redis_client, running_redis


@pytest.fixture(autouse=True)
def quick_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of a test has to survive a power cut."""
    quicken_sqlite(monkeypatch)


@pytest.fixture(scope="session")
def shared_redis() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture
def redis_url(shared_redis: RedisServer) -> str:
    """Its Redis is empty at the start of each test."""
    client = redis_client(shared_redis.port)
    client.flushall()
    client.close()
    return shared_redis.url


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """Empty for SQLite; ``LETSBE_TEST_ENGINE=postgresql`` runs the same tests on the other engine."""
    if chosen_engine() == SMALL:
        yield ""
        return
    with running_postgresql() as url:
        yield url


@pytest.fixture
async def services(
    tmp_path: Path, redis_url: str, database_url: str, clock: FakeClock
) -> AsyncIterator[Services]:
    async with running_services(tmp_path / "data", redis_url, clock, DATABASE_URL=database_url) as hub:
        yield hub


@pytest.fixture
async def owner(services: Services) -> Actor:
    return await new_owner(services)


@pytest.fixture
async def stranger(services: Services) -> Actor:
    """The owner of another business."""
    return await new_owner(services, "eve@other.example")

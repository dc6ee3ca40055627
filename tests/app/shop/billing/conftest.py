"""Payments must hold on both engines: the same tests, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from letsbe_app.composition import Services
from tests.support.hub import FakeClock, running_services
from tests.support.postgresql import running_postgresql


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    with running_postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def services(
    request: pytest.FixtureRequest, tmp_path: Path, redis_url: str, clock: FakeClock
) -> AsyncIterator[Services]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    options = {"DATABASE_URL": url, "LETSBE_LOCAL_TENANT_LIMIT": 20}
    async with running_services(tmp_path / "data", redis_url, clock, **options) as hub:
        yield hub

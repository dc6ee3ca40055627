"""``/metrics``: closed without its token, and then telling what happened."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from letsbe_app.composition import Services
from tests.support.api import api_over
from tests.support.hub import new_owner, paid_order, running_services

TOKEN = "a-token-of-sixteen-characters"


@pytest.fixture
async def services(tmp_path: Path, redis_url: str, database_url: str) -> AsyncIterator[Services]:
    settings = {"DATABASE_URL": database_url, "LETSBE_METRICS_TOKEN": TOKEN}
    async with running_services(tmp_path / "data", redis_url, **settings) as hub:
        yield hub


async def test_it_tells_what_happened(services: Services) -> None:
    await paid_order(services, await new_owner(services))
    transport = httpx.ASGITransport(api_over(services))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
        await client.get("/api/v1/public/plans")
        await client.request("BREW", "/api/v1/public/plans")
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            assert (await client.get("/metrics", headers=headers)).status_code == 404
        page = (await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})).text

    assert 'route="/public/plans",status="200"' in page
    assert "BREW" not in page
    assert "letsbe_events_waiting 1.0" in page
    assert "letsbe_servers_online 0.0" in page

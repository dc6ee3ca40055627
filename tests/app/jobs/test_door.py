"""The jobs process's door."""

from pathlib import Path

import httpx

from letsbe_app.jobs.door import door
from tests.support.hub import hub_settings

TOKEN = "a-token-of-sixteen-characters"


async def test_it_says_that_it_lives_and_shows_metrics_to_whom_may_see_them(tmp_path: Path) -> None:
    settings = hub_settings(tmp_path, "", LETSBE_METRICS_TOKEN=TOKEN)
    transport = httpx.ASGITransport(door(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://jobs") as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        assert (await client.get("/metrics")).status_code == 404
        page = await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert "letsbe_job_step_seconds" in page.text

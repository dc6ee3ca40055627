"""Headers of the API on every kind of answer: found, refused, unknown, too large, failed."""

import httpx
import pytest

from letsbe_app.api.safety_headers import HEADERS
from letsbe_app.composition import Services
from tests.support.api import api_over
from tests.support.browser_client import BrowserClient

EVIL = {"Origin": "https://evil.example"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/public/plans", 200),
        ("GET", "/api/v1/customer/me", 401),
        ("GET", "/api/v1/admin/overview", 401),
        ("GET", "/api/v1/nothing", 404),
        ("PUT", "/api/v1/customer/me", 405),
        ("POST", "/api/v1/public/sign-in", 422),
    ],
)
async def test_every_answer_is_safe_for_browsers(
    browser: BrowserClient, method: str, path: str, status: int
) -> None:
    answer = await browser.request(method, path, json={} if method == "POST" else None)

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


async def test_a_failure_of_ours_is_safe_as_well(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("what only we may read")

    monkeypatch.setattr(type(services.accounts), "actor_of", fail)
    transport = httpx.ASGITransport(api_over(services), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
        answer = await client.get("/api/v1/customer/me")

    assert (answer.status_code, "only we" in answer.text) == (500, False)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", ["/api/v1/public/plans", "/api/v1/customer/me", "/api/v1/admin/me", "/x"])
async def test_no_other_site_is_let_in(browser: BrowserClient, method: str, path: str) -> None:
    asking = EVIL | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x"}
    answer = await browser.request(method, path, headers=asking)

    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT"])
async def test_odd_methods_are_refused(browser: BrowserClient, method: str) -> None:
    assert (await browser.request(method, "/api/v1/public/plans")).status_code in (404, 405)

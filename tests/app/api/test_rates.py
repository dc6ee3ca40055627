"""Rate limits: told in every answer, held for all workers together."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from letsbe_app.composition import Services
from tests.support.api import api_over
from tests.support.browser_client import BrowserClient
from tests.support.hub import new_content, running_services


@pytest.fixture
async def services(tmp_path: Path, redis_url: str) -> AsyncIterator[Services]:
    limits = {
        "LETSBE_SESSION_RATE": 10,
        "LETSBE_KEY_RATE": 3,
        "LETSBE_ADDRESS_RATE": 20,
        "LETSBE_TRUSTED_PROXIES": "127.0.0.1/32",
    }
    async with running_services(tmp_path / "data", redis_url, **limits) as hub:
        yield hub


async def statuses(
    browser: BrowserClient, count: int, path: str = "/api/v1/public/plans", **options: Any
) -> list[int]:
    return [(await browser.get(path, **options)).status_code for _ in range(count)]


async def test_every_answer_tells_where_one_stands(browser: BrowserClient) -> None:
    first, second = [await browser.get("/api/v1/public/plans") for _ in range(2)]

    assert (first.headers["ratelimit-limit"], first.headers["ratelimit-remaining"]) == ("20", "19")
    assert second.headers["ratelimit-remaining"] == "18"
    assert 0 < int(first.headers["ratelimit-reset"]) <= 60
    assert first.headers["ratelimit-policy"] == "20;w=60"


async def test_over_the_limit_the_answer_says_when_to_go_on(browser: BrowserClient) -> None:
    assert await statuses(browser, 21) == [200] * 20 + [429]
    answer = await browser.get("/api/v1/public/plans")

    assert answer.json()["error"]["code"] == "rate_limited"
    assert answer.headers["retry-after"] == answer.headers["ratelimit-reset"]
    assert answer.headers["ratelimit-remaining"] == "0"
    assert answer.headers["x-request-id"].startswith("req_")


async def test_errors_count_and_tell_as_well(browser: BrowserClient) -> None:
    answer = await browser.get("/api/v1/nothing")

    assert (answer.status_code, answer.headers["ratelimit-remaining"]) == (404, "19")


async def test_a_session_has_a_limit_of_its_own(services: Services, browser: BrowserClient) -> None:
    await browser.sign_up()
    transport = httpx.ASGITransport(api_over(services))
    async with BrowserClient(transport) as other:
        assert await statuses(browser, 11, "/api/v1/customer/me") == [200] * 10 + [429]
        assert await statuses(other, 1) == [200]


async def test_a_key_has_the_smallest_limit(browser: BrowserClient) -> None:
    headers = {"Authorization": "Bearer lbk_anything"}

    assert await statuses(browser, 4, headers=headers) == [200] * 3 + [429]


async def test_made_up_credentials_do_not_escape_the_limit_of_an_address(browser: BrowserClient) -> None:
    for number in range(20):
        await browser.get("/api/v1/public/plans", headers={"Authorization": f"Bearer lbk_{number}"})

    assert await statuses(browser, 1, headers={"Authorization": "Bearer lbk_new"}) == [429]


async def test_callers_behind_our_proxy_are_told_apart(browser: BrowserClient) -> None:
    assert await statuses(browser, 21, headers={"X-Forwarded-For": "198.51.100.1"}) == [200] * 20 + [429]
    assert await statuses(browser, 1, headers={"X-Forwarded-For": "198.51.100.2"}) == [200]
    forged = {"X-Forwarded-For": "203.0.113.5, 198.51.100.1"}
    assert await statuses(browser, 1, headers=forged) == [429]


@pytest.mark.slow
async def test_the_throttle_of_sign_ins_takes_the_forwarded_address(browser: BrowserClient) -> None:
    for number in range(20):
        headers = {"X-Forwarded-For": f"198.51.100.{number}"}
        form = {"business_name": "B", "email": f"a{number}@b.example", "password": "correct horse battery"}
        answer = await browser.post("/api/v1/public/sign-up", json=form, headers=headers)
        browser.cookies.clear()
        assert answer.status_code == 201
    form = {"business_name": "B", "email": "last@b.example", "password": "correct horse battery"}
    one_more = await browser.post(
        "/api/v1/public/sign-up", json=form, headers={"X-Forwarded-For": "192.0.2.1"}
    )

    assert one_more.status_code == 201


async def test_without_redis_requests_pass(services: Services, browser: BrowserClient) -> None:
    from letsbe_app.relay import Relay

    await services.relay.close()
    object.__setattr__(services, "relay", Relay("redis://127.0.0.1:1/0", new_content()))
    answer = await browser.get("/api/v1/public/plans")

    assert answer.status_code == 200
    assert "ratelimit-limit" not in answer.headers

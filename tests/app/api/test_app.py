"""What holds for every address of the API."""

import httpx
import pytest

from letsbe_app.composition import Services
from letsbe_app.settings import Settings
from tests.support.api import api_with
from tests.support.browser_client import BrowserClient
from tests.support.hub import new_content


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/nothing", "/api/v1/customer/tenants/x/y/z", "/api/v1/a%0Ab"]
)
async def test_unknown_addresses_answer_in_json(browser: BrowserClient, path: str) -> None:
    answer = await browser.get(path)

    assert answer.status_code == 404
    assert answer.json() == {
        "success": False,
        "error": {"code": "not_found", "message": "There is nothing at this address.", "details": []},
    }


async def test_a_wrong_method_answers_in_json_and_names_the_right_one(browser: BrowserClient) -> None:
    answer = await browser.delete("/api/v1/public/plans")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert answer.json()["error"]["code"] == "method_not_allowed"


async def test_wrong_fields_are_named_with_a_remedy(browser: BrowserClient) -> None:
    answer = await browser.post("/api/v1/public/sign-in", json={"email": "a@b.example", "colour": "red"})

    assert answer.status_code == 422
    assert answer.json()["error"]["details"] == [
        {"field": "password", "message": "This field is needed."},
        {"field": "colour", "message": "There is no such field."},
    ]


async def test_a_refused_value_is_never_repeated(browser: BrowserClient) -> None:
    answer = await browser.post("/api/v1/public/sign-in", json={"email": 7, "password": ["hush-hush-42"]})

    assert answer.status_code == 422
    assert "hush-hush-42" not in answer.text


@pytest.mark.parametrize("body", [b"{not json", b"[" * 100_000], ids=["broken", "deep"])
async def test_json_that_is_none_is_refused(browser: BrowserClient, body: bytes) -> None:
    answer = await browser.post(
        "/api/v1/public/quote", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 422
    assert answer.json()["success"] is False


async def test_a_body_that_is_not_text_is_refused(browser: BrowserClient) -> None:
    answer = await browser.post(
        "/api/v1/public/quote", content=b"\xff\xfe{", headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_input")


async def test_every_answer_has_a_request_id_of_ours(browser: BrowserClient) -> None:
    answer = await browser.get("/api/v1/public/plans", headers={"X-Request-Id": "forged"})

    assert answer.headers["x-request-id"].startswith("req_")


async def test_a_body_over_the_limit_is_refused_before_it_is_read(browser: BrowserClient) -> None:
    answer = await browser.post("/api/v1/public/quote", json={"tool_ids": ["x" * 1_100_000]})

    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


async def test_a_body_that_hides_its_length_is_refused_as_well(browser: BrowserClient) -> None:
    async def endless() -> object:
        for _ in range(40):
            yield b" " * 65_536

    answer = await browser.post(
        "/api/v1/public/quote", content=endless(), headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize("path", ["/api/v1/public/plans", "/api/v1/customer/me", "/api/v1/nothing"])
async def test_every_answer_is_safe_in_a_browser(browser: BrowserClient, path: str) -> None:
    headers = (await browser.get(path, headers={"Origin": "https://evil.example"})).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert not [name for name in headers if name.startswith("access-control-")]


async def test_another_site_may_not_ask_what_it_may_send(browser: BrowserClient) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = await browser.options("/api/v1/public/sign-in", headers=asked)

    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_an_unexpected_error_tells_nothing_of_itself(services: Services) -> None:
    def broken() -> Services:
        raise RuntimeError("password=hush-hush-42")

    # The transport would raise what the application lets out.
    async with BrowserClient(httpx.ASGITransport(api_with(broken))) as browser:
        answer = await browser.get("/api/v1/public/plans")

    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
    assert "hush" not in answer.text


@pytest.mark.slow
async def test_the_description_of_the_api_is_served_and_complete(browser: BrowserClient) -> None:
    description = (await browser.get("/api/v1/openapi.json")).json()

    assert description["openapi"].startswith("3.1")
    assert {"/api/v1/public/plans", "/api/v1/customer/me"} <= description["paths"].keys()
    assert not [path for path in description["paths"] if not path.startswith("/api/v1/")]
    assert "rest" not in {step for path in description["paths"] for step in path.split("/")}


async def test_health_answers_without_database_and_redis(services: Services) -> None:
    def broken() -> Services:
        raise RuntimeError

    async with BrowserClient(httpx.ASGITransport(api_with(broken))) as browser:
        assert (await browser.get("/healthz")).json() == {"status": "ok"}


async def test_ready_once_database_and_redis_answer(browser: BrowserClient) -> None:
    answer = await browser.get("/readyz")

    assert (answer.status_code, answer.json()["status"]) == (200, "ready")


async def test_not_ready_without_redis(services: Services, browser: BrowserClient) -> None:
    await services.relay.close()
    from letsbe_app.relay import Relay

    object.__setattr__(services, "relay", Relay("redis://127.0.0.1:1/0", new_content()))
    answer = await browser.get("/readyz")

    assert answer.status_code == 503
    parts = {"database": "ok", "redis": "away", "disk": "ok"}
    assert answer.json() == {"status": "not_ready", "parts": parts}


async def test_not_ready_while_the_disk_is_full(
    browser: BrowserClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database answers what it is asked all the same; nothing can be changed."""
    monkeypatch.setattr("letsbe_app.api.health.has_room", lambda _place: False)
    answer = await browser.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["parts"] == {"database": "ok", "redis": "ok", "disk": "full"}


async def test_a_database_elsewhere_leaves_a_hub_with_a_full_disk_at_work(
    browser: BrowserClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letsbe_app.api.health.has_room", lambda _place: False)
    monkeypatch.setattr(Settings, "is_database_a_file", False)
    answer = await browser.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["parts"]["disk"] == "full"

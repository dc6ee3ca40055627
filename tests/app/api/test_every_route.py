"""
Rules for every route there is, so that a new one cannot be forgotten.

Routes are read from the served description of the API, as a caller would.
"""

from typing import Any

import httpx
import pytest

from letsbe_app.composition import Services
from tests.support.api import api_over
from tests.support.api_description import api_description
from tests.support.browser_client import BrowserClient

SAFE = {"get", "head", "options"}
OPEN_TO_ALL = "/api/v1/public/"
FOR_SERVERS = "/api/v1/tenant/"
FOR_STAFF = "/api/v1/admin/"


def routes() -> list[tuple[str, str, dict[str, Any]]]:
    description = api_description()
    return [
        (method, path, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


def filled(path: str) -> str:
    """The path with some id for every parameter."""
    return "/".join("ten_x" if part.startswith("{") else part for part in path.split("/"))


@pytest.mark.slow
async def test_without_a_session_every_customer_route_is_closed(browser: BrowserClient) -> None:
    checked = [(method, path) for method, path, _ in routes() if path.startswith("/api/v1/customer/")]
    assert len(checked) > 10
    for method, path in checked:
        answer = await browser.request(method.upper(), filled(path), json={})
        assert answer.status_code == 401, (method, path, answer.text)


@pytest.mark.slow
async def test_every_change_of_a_customer_needs_origin_and_csrf_token(browser: BrowserClient) -> None:
    await browser.sign_up()
    for method, path, _ in routes():
        if not path.startswith("/api/v1/customer/") or method in SAFE:
            continue
        for headers in ({"X-CSRF-Token": "forged"}, {"Origin": "https://evil.example"}):
            answer = await browser.request(method.upper(), filled(path), json={}, headers=headers)
            assert answer.status_code == 403, (method, path, answer.text)


async def test_every_public_change_needs_our_origin(browser: BrowserClient) -> None:
    for method, path, _ in routes():
        if path.startswith(OPEN_TO_ALL) and method not in SAFE:
            answer = await browser.request(
                method.upper(), filled(path), json={}, headers={"Origin": "https://evil.example"}
            )
            assert answer.status_code == 403, (method, path)


def test_every_route_belongs_to_one_of_the_doors() -> None:
    doors = (OPEN_TO_ALL, FOR_SERVERS, FOR_STAFF, "/api/v1/customer/")

    assert not [path for _, path, _ in routes() if not path.startswith(doors)]


def test_every_route_is_described() -> None:
    assert not [(method, path) for method, path, operation in routes() if not operation.get("description")]


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer lbt_unknown", "Basic x"])
async def test_without_a_key_every_server_route_is_closed(services: Services, authorization: str) -> None:
    transport = httpx.ASGITransport(api_over(services), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        for method, path, _ in routes():
            if path.startswith(FOR_SERVERS):
                answer = await client.request(
                    method.upper(), filled(path), json={}, headers={"Authorization": authorization}
                )
                assert answer.status_code in (401, 422), (method, path, answer.text)

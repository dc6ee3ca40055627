"""
Asked with another customer's ids, every route answers as if nothing existed.

Routes are read from the description of the API and rows are made from the tables, so that a new one of either
is in here from its first day: a new name in an address fails until ``NAMES`` says what it names.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from letsbe_app.composition import Services
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import SESSION_ONLY, Permission
from tests.support.api import api_over
from tests.support.api_description import api_description
from tests.support.belongings import one_of_everything
from tests.support.browser_client import BrowserClient
from tests.support.hub import PASSWORD, running_services
from tests.support.live_hub import Customer, new_customer

NAMES = {
    "order_id": "customer_order",
    "tenant_id": "tenant",
    "conversation_id": "conversation",
    "message_id": "message",
    "answer_id": "message",
    "version_id": "agent_version",
    "approval_id": "command_approval",
    "change_id": "file_change",
    "session_id": "user_session",
    "passkey_id": "passkey",
    "user_id": "user_account",
    "invitation_id": "invitation",
    "key_id": "api_key",
    "request_id": "secret_request",
    "alarm_id": "canary_alarm",
    "endpoint_id": "webhook_endpoint",
    "webhook_id": "webhook_endpoint",
    "delivery_id": "webhook_delivery",
    "attachment_id": "attachment",
    "device_id": "push_subscription",
    "subscription_id": "push_subscription",
}
OF_A_SERVER = {"agent_id": "sales", "name": "mail-key"}
"""Names that each server has for itself: they come with a server's id."""
CUSTOMER, TENANT = "/api/v1/customer/", "/api/v1/tenant/"


@pytest.fixture
async def services(tmp_path: Path, redis_url: str, database_url: str) -> AsyncIterator[Services]:
    """As everywhere, but one key may walk everything at once."""
    settings = {"DATABASE_URL": database_url, "LETSBE_KEY_RATE": 10_000}
    async with running_services(tmp_path / "data", redis_url, **settings) as hub:
        yield hub


@pytest.fixture
async def victim(services: Services) -> Customer:
    return await new_customer(services, "victim@bakery.example")


@pytest.fixture
async def theirs(services: Services, victim: Customer) -> dict[str, str]:
    """A row of the victim's in every table."""
    return await one_of_everything(services, victim.actor.customer_id)


def operations(door: str) -> list[tuple[str, str, list[str], Any, list[str]]]:
    """Method, address, names in it, body, and questions that must be asked."""
    found = []
    for path, methods in api_description()["paths"].items():
        if path.startswith(door):
            names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
            for method, one in methods.items():
                media = one.get("requestBody", {}).get("content", {}).get("application/json", {})
                needed = [
                    parameter["name"]
                    for parameter in one.get("parameters", [])
                    if parameter["in"] == "query" and parameter.get("required")
                ]
                found.append((method.upper(), path, names, media.get("example"), needed))
    return found


def filled(path: str, ids: dict[str, str], needed: list[str]) -> str:
    for name, value in ids.items():
        path = path.replace("{" + name + "}", value)
    return path + ("?" + "&".join(f"{name}=bread" for name in needed) if needed else "")


def with_ids(body: Any, ids: dict[str, str]) -> Any:
    """The body with another's ids wherever it takes some, and the right password alone."""
    if isinstance(body, dict):
        return {
            name: ids[name]
            if name in ids and isinstance(value, str) and name in NAMES
            else PASSWORD
            if name == "password"
            else None
            if name == "passkey"
            else []
            if name == "tools"
            else "mail-key"
            if name == "name" and value == "Ada"
            else with_ids(value, ids)
            for name, value in body.items()
        }
    return body


def ids_of(theirs: dict[str, str]) -> dict[str, str]:
    return {name: theirs[table] for name, table in NAMES.items() if table in theirs} | OF_A_SERVER


def made_up() -> dict[str, str]:
    return dict.fromkeys(NAMES, "x_00000000000000000000000000") | OF_A_SERVER


def test_every_name_in_an_address_is_known(theirs: dict[str, str]) -> None:
    for door in (CUSTOMER, TENANT):
        for _, path, names, _, _ in operations(door):
            assert set(names) <= ids_of(theirs).keys(), path


@pytest.mark.slow
async def test_another_customers_ids_name_nothing(browser: BrowserClient, theirs: dict[str, str]) -> None:
    await browser.sign_up("eve@other.example")
    checked = 0
    for method, path, names, body, needed in operations(CUSTOMER):
        if not set(names) - OF_A_SERVER.keys():
            continue
        answers = [
            await browser.request(method, filled(path, ids, needed), json=with_ids(body, ids))
            for ids in (ids_of(theirs), made_up())
        ]
        assert answers[0].status_code == 404, (method, path, answers[0].text)
        assert answers[0].json() == answers[1].json(), (method, path)
        checked += 1
    assert checked > 30


@pytest.mark.slow
async def test_a_key_of_another_customer_opens_nothing(
    services: Services, stranger: Actor, theirs: dict[str, str]
) -> None:
    made = await services.keys.create(stranger, "All", sorted(ALL_SCOPES))
    headers = {"Authorization": f"Bearer {made.key}"}
    transport = httpx.ASGITransport(api_over(services))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub", headers=headers) as program:
        for method, path, names, body, needed in operations(CUSTOMER):
            if set(names) - OF_A_SERVER.keys():
                ids = ids_of(theirs)
                answer = await program.request(method, filled(path, ids, needed), json=with_ids(body, ids))
                assert answer.status_code in (403, 404), (method, path, answer.text)


@pytest.mark.slow
async def test_lists_show_nothing_of_others(browser: BrowserClient, theirs: dict[str, str]) -> None:
    await browser.sign_up("eve@other.example")
    secret = {name for name in theirs.values() if len(name) > 20} | {"victim@bakery.example"}
    checked = 0
    for method, path, names, _, needed in operations(CUSTOMER):
        if method == "GET" and not names:
            answer = await browser.get(filled(path, {}, needed))
            assert not [name for name in secret if name in answer.text], path
            checked += 1
    assert checked > 10


@pytest.mark.slow
async def test_the_victim_itself_finds_what_the_others_do_not(
    services: Services, victim: Customer, theirs: dict[str, str]
) -> None:
    form = {"email": victim.actor.email, "password": PASSWORD}
    # Rows are made by rule, so that what reads their content may stumble over it.
    transport = httpx.ASGITransport(api_over(services), raise_app_exceptions=False)
    found = 0
    # The log of such a failure is long, and drawing it takes seconds.
    with capture_logs():
        browser = BrowserClient(transport)
        await browser.post("/api/v1/public/sign-in", json=form)
        for method, path, names, _, needed in operations(CUSTOMER):
            if method == "GET" and set(names) - OF_A_SERVER.keys():
                answer = await browser.get(filled(path, ids_of(theirs), needed))
                found += answer.status_code == 200
        await browser.aclose()
    assert found > 8, found


async def test_another_servers_key_reaches_nothing(
    services: Services, victim: Customer, theirs: dict[str, str]
) -> None:
    other = await new_customer(services, "eve@other.example")
    transport = httpx.ASGITransport(api_over(services), raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {other.api_key}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://hub", headers=headers) as server:
        for method, path, names, body, needed in operations(TENANT):
            if names:
                ids = ids_of(theirs)
                answer = await server.request(method, filled(path, ids, needed), json=with_ids(body, ids))
                assert answer.status_code == 404, (method, path, answer.text)
    assert await services.tenants.get(victim.actor, victim.tenant_id)


ALL_SCOPES = {"read", "chat", "approve", "manage", "buy"}


def test_the_key_of_the_walk_has_every_scope_there_is() -> None:
    assert {one.value for one in Permission if one not in SESSION_ONLY} - {"content"} == ALL_SCOPES

"""The routes of secrets, as the portal's script calls them."""

import base64

import pytest

from letsbe_app.composition import Services
from tenant_daemon.contracts.secrets import SecretAnswered
from tests.support.browser_client import BrowserClient
from tests.support.hub import PASSWORD, paid_order

BOX = base64.b64encode(b"only-the-server-can-open-this").decode()
KEY = base64.b64encode(b"k" * 32).decode()


@pytest.fixture
async def path(services: Services, browser: BrowserClient) -> str:
    await browser.sign_up()
    actor = await services.accounts.actor_of(browser.cookies["letsbe_session"])
    _, tenant_id = await paid_order(services, actor)
    await services.relay.presence.renew(tenant_id, "link-1")
    return f"/api/v1/customer/tenants/{tenant_id}/secrets"


async def test_provide_and_list(browser: BrowserClient, path: str) -> None:
    answer = await browser.post(path, json={"name": "shop-key", "sealed": BOX})
    assert answer.status_code == 202
    asked = answer.json()["data"]
    assert (asked["action"], asked["name"], asked["status"]) == ("provide", "shop-key", "waiting")
    assert BOX not in answer.text

    listed = await browser.get(path)
    assert listed.json()["data"]["secrets"] == []


async def test_reveal_gives_the_box_once(services: Services, browser: BrowserClient, path: str) -> None:
    wrong = await browser.post(f"{path}/shop-key/reveal", json={"password": "wrong", "public_key": KEY})
    assert wrong.status_code == 422
    assert wrong.json()["error"]["details"][0]["field"] == "password"

    asked = await browser.post(f"{path}/shop-key/reveal", json={"password": PASSWORD, "public_key": KEY})
    request = asked.json()["data"]
    answer = SecretAnswered(request_id=request["id"], is_done=True, sealed=BOX)
    await services.secrets.settle(request["tenant_id"], answer)

    take = f"/api/v1/customer/secret-requests/{request['id']}/take"
    assert (await browser.post(take)).json()["data"] == {"sealed": BOX}
    assert (await browser.post(take)).status_code == 404


async def test_change_takes_only_what_there_is(browser: BrowserClient, path: str) -> None:
    assert (await browser.post(f"{path}/shop-key/change", json={"change": "rotate"})).status_code == 202
    assert (await browser.post(f"{path}/shop-key/change", json={"change": "show"})).status_code == 422


async def test_another_customers_server_is_not_there(browser: BrowserClient, path: str) -> None:
    await browser.post("/api/v1/customer/sign-out")
    browser.cookies.clear()
    await browser.sign_up("eve@other.example")

    for answer in (
        await browser.get(path),
        await browser.post(path, json={"name": "shop-key", "sealed": BOX}),
        await browser.post(f"{path}/shop-key/change", json={"change": "delete"}),
        await browser.post(f"{path}/shop-key/reveal", json={"password": PASSWORD, "public_key": KEY}),
    ):
        assert answer.status_code == 404

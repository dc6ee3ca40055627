"""The customer's servers over REST."""

import pytest

from letsbe_app.composition import Services
from letsbe_app.people.accounts.schemas import SignUp
from tests.support.browser_client import BrowserClient
from tests.support.hub import PASSWORD, paid_order

API = "/api/v1/customer/tenants"


async def test_a_server_can_be_seen_and_stopped(browser: BrowserClient, services: Services) -> None:
    await browser.sign_up()
    actor = await services.accounts.actor_of(browser.cookies["letsbe_session"])
    _, tenant_id = await paid_order(services, actor)

    (listed,) = (await browser.get(API)).json()["data"]
    stopped = (await browser.put(f"{API}/{tenant_id}/kill-switch", json={"is_stopped": True})).json()["data"]

    assert (listed["id"], listed["is_stopped"], listed["is_practice"]) == (tenant_id, False, True)
    assert stopped["is_stopped"]
    assert (await browser.get(f"{API}/{tenant_id}")).json()["data"] == stopped
    assert "api_key" not in str(stopped)


async def test_how_long_questions_wait_is_set_in_seconds(browser: BrowserClient, services: Services) -> None:
    await browser.sign_up()
    actor = await services.accounts.actor_of(browser.cookies["letsbe_session"])
    _, tenant_id = await paid_order(services, actor)
    path = f"{API}/{tenant_id}/approval-ttl"

    answers = [await browser.put(path, json={"seconds": seconds}) for seconds in (900, 59, "900", None)]

    assert [answer.status_code for answer in answers] == [200, 422, 422, 422]
    assert (await browser.get(f"{API}/{tenant_id}")).json()["data"]["approval_ttl_seconds"] == 900


@pytest.mark.slow
async def test_another_business_gets_what_nobody_has(browser: BrowserClient, services: Services) -> None:
    owner = (await services.accounts.sign_up(SignUp("Bakery", "bob@x.example", PASSWORD))).actor
    order_id, tenant_id = await paid_order(services, owner)
    await browser.sign_up("eve@x.example")

    for method, path, body in (
        ("GET", f"{API}/{tenant_id}", None),
        ("PUT", f"{API}/{tenant_id}/kill-switch", {"is_stopped": True}),
        ("PUT", f"{API}/{tenant_id}/approval-ttl", {"seconds": 60}),
        ("GET", f"/api/v1/customer/orders/{order_id}", None),
        ("POST", f"/api/v1/customer/orders/{order_id}/checkout", None),
        ("GET", f"/api/v1/customer/orders/{order_id}/provisioning", None),
    ):
        foreign = await browser.request(method, path, json=body)
        unknown = await browser.request(
            method, path.replace(order_id, "ord_x").replace(tenant_id, "ten_x"), json=body
        )
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.json() == unknown.json()
    assert (await browser.get(API)).json()["data"] == []

"""From the wizard to a paid order over REST."""

import pytest

from letsbe_app.composition import Services
from letsbe_app.fleet.provisioning.schemas import Work
from letsbe_app.fleet.provisioning.steps import StepName
from tests.support.browser_client import BrowserClient

API = "/api/v1/customer"


@pytest.mark.slow
async def test_the_whole_way(browser: BrowserClient, services: Services) -> None:
    await browser.sign_up()
    draft = (await browser.patch(f"{API}/onboarding", json={"bundle_id": "freelancer"})).json()["data"]
    assert draft["quote"]["smallest_plan"]["id"] == "lite"

    placed = await browser.post(f"{API}/orders")
    order_id = placed.json()["data"]["id"]
    checkout = (await browser.post(f"{API}/orders/{order_id}/checkout")).json()["data"]
    paid = [await browser.post(f"{API}/orders/{order_id}/practice-payment") for _ in range(2)]
    progress = (await browser.get(f"{API}/orders/{order_id}/provisioning")).json()["data"]

    assert placed.status_code == 201
    assert checkout == {"url": f"/start/payment/{order_id}", "is_practice": True}
    assert [answer.json()["data"]["status"] for answer in paid] == ["paid", "paid"]
    assert (progress["status"], len(progress["steps"])) == ("provisioning", 10)
    assert (await browser.get(f"{API}/me")).json()["data"]["founding_number"] == 1
    (listed,) = (await browser.get(f"{API}/orders")).json()["data"]
    assert listed == (await browser.get(f"{API}/orders/{order_id}")).json()["data"]

    work = Work(progress["tenant_id"], order_id, 1)
    await services.provisioning.fail(work, StepName.DISK, "The disk is full.")
    assert (await browser.get(f"{API}/orders/{order_id}/provisioning")).json()["data"]["can_retry"]
    again = await browser.post(f"{API}/orders/{order_id}/provisioning/retry")
    assert again.json()["data"]["status"] == "provisioning"
    assert (await browser.post(f"{API}/orders/{order_id}/provisioning/retry")).status_code == 409


async def test_the_draft_refuses_what_it_does_not_know(browser: BrowserClient) -> None:
    await browser.sign_up()
    answer = await browser.patch(f"{API}/onboarding", json={"price_cents": 1})

    assert answer.status_code == 422
    assert answer.json()["error"]["details"] == [
        {"field": "price_cents", "message": "There is no such field."}
    ]


CHANGES: list[tuple[str, str]] = [
    ("PATCH", f"{API}/onboarding"),
    ("POST", f"{API}/orders"),
    ("POST", f"{API}/orders/ord_x/checkout"),
    ("POST", f"{API}/orders/ord_x/practice-payment"),
    ("POST", f"{API}/orders/ord_x/provisioning/retry"),
    ("PUT", f"{API}/tenants/ten_x/kill-switch"),
    ("POST", f"{API}/sign-out"),
]


@pytest.mark.parametrize(("method", "path"), CHANGES)
async def test_changes_need_the_csrf_token(browser: BrowserClient, method: str, path: str) -> None:
    await browser.sign_up()
    answer = await browser.request(method, path, json={}, headers={"X-CSRF-Token": "forged"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")

"""The routes of webhooks, as a customer's browser and program use them."""

import httpx

from letsbe_app.composition import Services
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.events.catalog import EVENT_TYPES
from tests.support.api import api_over
from tests.support.api_description import api_description
from tests.support.browser_client import BrowserClient

PATH = "/api/v1/customer/webhooks"
HOOK = {"url": "https://shop.example/hook", "event_types": ["approval.settled"]}


async def test_from_adding_to_removing(browser: BrowserClient) -> None:
    await browser.sign_up()
    made = await browser.post(PATH, json=HOOK)
    assert made.status_code == 201
    data = made.json()["data"]
    assert data["secret"].startswith("whsec_")
    one = f"{PATH}/{data['endpoint']['id']}"

    assert (await browser.get(PATH)).json()["data"] == [data["endpoint"]]
    assert "secret" not in (await browser.get(one)).json()["data"]
    changed = await browser.patch(one, json={"is_paused": True, "event_types": []})
    assert changed.json()["data"]["state"] == "paused"
    assert (await browser.post(f"{one}/test")).status_code == 409
    await browser.patch(one, json={"is_paused": False})
    sent = await browser.post(f"{one}/test")
    assert (sent.status_code, sent.json()["data"]["event_type"]) == (202, "webhook.test")
    log = (await browser.get(f"{one}/deliveries")).json()
    assert [row["id"] for row in log["data"]] == [sent.json()["data"]["id"]]
    renewed = (await browser.post(f"{one}/secret")).json()["data"]
    assert renewed["secret"] != data["secret"]
    assert (await browser.delete(one)).status_code == 200
    assert (await browser.get(one)).status_code == 404


async def test_repeating_with_a_key_makes_one_and_shows_the_same_secret(browser: BrowserClient) -> None:
    await browser.sign_up()
    answers = [await browser.post(PATH, json=HOOK, headers={"Idempotency-Key": "hook-1"}) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert len((await browser.get(PATH)).json()["data"]) == 1


async def test_what_is_wrong_is_told_by_field(browser: BrowserClient) -> None:
    await browser.sign_up()
    answer = await browser.post(PATH, json={"url": "https://169.254.169.254/", "event_types": []})

    assert answer.status_code == 422
    assert answer.json()["error"]["details"][0]["field"] == "url"


async def test_a_program_may_manage_with_the_scope(services: Services, owner: Actor) -> None:
    key = await services.keys.create(owner, "Set-up", ["read", "manage"])
    transport = httpx.ASGITransport(api_over(services))
    headers = {"Authorization": f"Bearer {key.key}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://hub", headers=headers) as program:
        assert (await program.post(PATH, json=HOOK)).status_code == 201


def test_every_event_is_described(services: Services) -> None:
    described = api_description()["webhooks"]

    assert list(described) == list(EVENT_TYPES)
    for event_type, operations in described.items():
        media = operations["post"]["requestBody"]["content"]["application/json"]
        assert media["example"]["type"] == event_type

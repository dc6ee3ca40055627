"""The routes of notices, as a browser uses them."""

from letsbe_app.composition import Services
from tests.support.browser_client import BrowserClient
from tests.support.push_service import push_service

PATH = "/api/v1/customer/notices"


async def test_a_browser_subscribes_and_leaves(services: Services, browser: BrowserClient) -> None:
    await browser.sign_up()
    key = (await browser.get(f"{PATH}/push-key")).json()["data"]["public_key"]
    async with push_service(key) as pushes:
        form = pushes.subscribe().json()
        made = await browser.post(f"{PATH}/devices", json=form, headers={"User-Agent": "Firefox"})
        again = await browser.post(f"{PATH}/devices", json=form, headers={"User-Agent": "Firefox"})
    assert made.status_code == again.status_code == 201
    device = made.json()["data"]
    assert again.json()["data"]["id"] == device["id"]
    assert (device["device"], "endpoint" in device) == ("Firefox", False)

    assert (await browser.post(f"{PATH}/test")).status_code == 202
    assert (await browser.delete(f"{PATH}/devices/{device['id']}")).status_code == 200
    assert (await browser.delete(f"{PATH}/devices/{device['id']}")).status_code == 404
    assert (await browser.post(f"{PATH}/test")).status_code == 409


async def test_preferences_are_kept(browser: BrowserClient) -> None:
    await browser.sign_up()
    wanted = {
        "has_push": True,
        "has_email": False,
        "quiet_from": "22:00",
        "quiet_until": "07:00",
        "time_zone": "Europe/Berlin",
    }
    assert (await browser.get(f"{PATH}/preferences")).json()["data"]["has_email"] is True
    assert (await browser.put(f"{PATH}/preferences", json=wanted)).status_code == 200
    assert (await browser.get(f"{PATH}/preferences")).json()["data"] == wanted


async def test_what_cannot_be_is_told_by_field(browser: BrowserClient) -> None:
    await browser.sign_up()
    for change, field in (
        ({"quiet_from": "25:00"}, "quiet_from"),
        ({"quiet_from": "22:00"}, "quiet_until"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
    ):
        answer = await browser.put(f"{PATH}/preferences", json=change)
        assert answer.status_code == 422
        assert [one["field"] for one in answer.json()["error"]["details"]] == [field]

"""Passkeys as a browser uses them."""

import base64
from typing import Any

import httpx
import pytest

from letsbe_app.composition import Services
from letsbe_app.people.accounts.totp import code_at
from tests.support.api import api_over
from tests.support.authenticator import Authenticator
from tests.support.browser_client import BrowserClient
from tests.support.hub import PASSWORD, FakeClock
from tests.support.mail import mails_to

ACCOUNT = "/api/v1/customer/account"
KEYS = f"{ACCOUNT}/passkeys"
PUBLIC = "/api/v1/public"
EMAIL = "ada@bakery.example"


async def add(browser: BrowserClient, device: Authenticator) -> httpx.Response:
    options = (await browser.post(f"{KEYS}/options", json={"password": PASSWORD})).json()["data"]
    return await browser.post(KEYS, json={"name": "Ada's phone", "credential": device.create(options)})


async def use(browser: BrowserClient, device: Authenticator) -> httpx.Response:
    options = (await browser.post(f"{PUBLIC}/passkey/options", json={})).json()["data"]
    return await browser.post(f"{PUBLIC}/passkey/sign-in", json={"credential": device.get(options)})


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


@pytest.fixture
async def other(services: Services) -> Any:
    async with BrowserClient(httpx.ASGITransport(api_over(services))) as client:
        yield client


async def test_a_passkey_opens_the_account_alone(
    services: Services, browser: BrowserClient, other: BrowserClient, device: Authenticator
) -> None:
    await browser.sign_up()
    made = await add(browser, device)
    assert made.status_code == 201, made.text
    signed_in = await use(other, device)
    [listed] = (await other.get(KEYS)).json()["data"]

    assert signed_in.json()["data"]["email"] == EMAIL
    assert listed["name"] == "Ada's phone"
    assert listed["last_used_at"] is not None
    assert any("passkey was added" in mail for mail in await mails_to(services, EMAIL))


async def test_each_question_has_one_answer(
    browser: BrowserClient, other: BrowserClient, device: Authenticator
) -> None:
    await browser.sign_up()
    await add(browser, device)
    options = (await other.post(f"{PUBLIC}/passkey/options", json={})).json()["data"]
    credential = device.get(options)
    first = await other.post(f"{PUBLIC}/passkey/sign-in", json={"credential": credential})
    again = await other.post(f"{PUBLIC}/passkey/sign-in", json={"credential": credential})
    made_up = device.get({"challenge": "bm90IG91cnM"})
    foreign = await other.post(f"{PUBLIC}/passkey/sign-in", json={"credential": made_up})

    assert [answer.status_code for answer in (first, again, foreign)] == [200, 401, 401]
    assert again.json()["error"] == foreign.json()["error"]


async def test_a_question_of_one_session_makes_no_passkey_in_another(
    browser: BrowserClient, other: BrowserClient, device: Authenticator
) -> None:
    await browser.sign_up()
    await other.sign_up("eve@other.example")
    options = (await browser.post(f"{KEYS}/options", json={"password": PASSWORD})).json()["data"]
    stolen = await other.post(KEYS, json={"name": "x", "credential": device.create(options)})

    assert stolen.status_code == 422
    assert stolen.json()["error"]["details"][0]["field"] == "credential"


async def test_a_passkey_is_known_once(
    browser: BrowserClient, other: BrowserClient, device: Authenticator
) -> None:
    await browser.sign_up()
    await other.sign_up("eve@other.example")

    assert (await add(browser, device)).status_code == 201
    assert (await add(other, device)).status_code == 409


async def test_a_device_that_keeps_another_persons_name_is_refused(
    browser: BrowserClient, other: BrowserClient, device: Authenticator
) -> None:
    await browser.sign_up()
    await add(browser, device)
    device.user_handle = "dXNyX290aGVy"

    assert (await use(other, device)).status_code == 401


async def test_a_copy_is_noticed(browser: BrowserClient, other: BrowserClient, device: Authenticator) -> None:
    await browser.sign_up()
    await add(browser, device)
    device.count = 7
    assert (await use(other, device)).status_code == 200
    device.count = 3

    assert (await use(other, device)).status_code == 401


async def test_removing_needs_the_password_and_then_it_opens_nothing(
    services: Services, browser: BrowserClient, other: BrowserClient, device: Authenticator
) -> None:
    await browser.sign_up()
    passkey_id = (await add(browser, device)).json()["data"]["id"]
    await other.sign_up("eve@other.example")
    remove = f"{KEYS}/{passkey_id}/remove"
    foreign = await other.post(remove, json={"password": PASSWORD})
    wrong = await browser.post(remove, json={"password": "wrong"})
    right = await browser.post(remove, json={"password": PASSWORD})

    assert [answer.status_code for answer in (foreign, wrong, right)] == [404, 422, 200]
    assert (await use(other, device)).status_code == 401
    assert any("passkey was removed" in mail for mail in await mails_to(services, EMAIL))


async def test_a_passkey_stands_in_for_the_code(
    services: Services, browser: BrowserClient, other: BrowserClient, device: Authenticator
) -> None:
    await browser.sign_up()
    await add(browser, device)
    form = {"email": EMAIL, "password": PASSWORD}
    options = (await other.post(f"{PUBLIC}/passkey/options", json={})).json()["data"]
    right = await other.post(f"{PUBLIC}/sign-in", json=form | {"passkey": device.get(options)})
    await other.sign_up("eve@other.example")
    options = (await other.post(f"{PUBLIC}/passkey/options", json={})).json()["data"]
    form["email"] = "eve@other.example"
    foreign = await other.post(f"{PUBLIC}/sign-in", json=form | {"passkey": device.get(options)})

    assert [right.status_code, foreign.status_code] == [200, 401]


async def test_adding_needs_the_password(browser: BrowserClient) -> None:
    await browser.sign_up()

    assert (await browser.post(f"{KEYS}/options", json={"password": "wrong"})).status_code == 422


@pytest.mark.parametrize(
    "credential", [{}, {"response": 1}, {"rawId": "é", "response": {"clientDataJSON": "e30"}}]
)
async def test_malformed_answers_are_refused_politely(
    browser: BrowserClient, credential: dict[str, Any]
) -> None:
    answer = await browser.post(f"{PUBLIC}/passkey/sign-in", json={"credential": credential})

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "wrong_credentials"


@pytest.mark.slow
async def test_a_passkey_proves_as_much_as_a_code(
    browser: BrowserClient, device: Authenticator, clock: FakeClock
) -> None:
    await browser.sign_up()
    await add(browser, device)
    begun = await browser.post(f"{ACCOUNT}/second-factor", json={"password": PASSWORD})
    secret = base64.b32decode(begun.json()["data"]["secret"])
    form = {"code": code_at(secret, int(clock().timestamp()) // 30)}
    await browser.post(f"{ACCOUNT}/second-factor/enable", json=form)
    options = (await browser.post(f"{PUBLIC}/passkey/options", json={})).json()["data"]
    body = {"password": PASSWORD, "passkey": device.get(options)}
    switched_off = [
        (await browser.post(f"{ACCOUNT}/second-factor/disable", json=form)).status_code
        for form in (body, body, {"password": PASSWORD})
    ]

    # Off at the first; what it was shown counts once; and then the password is all that there is.
    assert switched_off == [200, 422, 200]


async def test_another_persons_passkey_proves_nothing(
    browser: BrowserClient, other: BrowserClient, device: Authenticator, clock: FakeClock
) -> None:
    await browser.sign_up()
    await other.sign_up("eve@other.example")
    await add(other, device)
    begun = await browser.post(f"{ACCOUNT}/second-factor", json={"password": PASSWORD})
    secret = base64.b32decode(begun.json()["data"]["secret"])
    form = {"code": code_at(secret, int(clock().timestamp()) // 30)}
    await browser.post(f"{ACCOUNT}/second-factor/enable", json=form)
    options = (await browser.post(f"{PUBLIC}/passkey/options", json={})).json()["data"]
    body = {"password": PASSWORD, "passkey": device.get(options)}

    assert (await browser.post(f"{ACCOUNT}/second-factor/disable", json=body)).status_code == 422

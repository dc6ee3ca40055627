"""Second factor, sessions, passwords, keys: as a browser and a program use them."""

import httpx
import pytest

from letsbe_app.composition import Services
from letsbe_app.people.accounts.totp import code_at
from tests.support.api import api_over
from tests.support.api_description import api_description
from tests.support.browser_client import BrowserClient
from tests.support.hub import PASSWORD, FakeClock, database_text

ACCOUNT = "/api/v1/customer/account"
FACTOR = f"{ACCOUNT}/second-factor"
FORM = {"email": "ada@bakery.example", "password": PASSWORD}


def code(secret: str, clock: FakeClock) -> str:
    import base64

    return code_at(base64.b32decode(secret), int(clock().timestamp()) // 30)


@pytest.fixture
async def factor(browser: BrowserClient, clock: FakeClock) -> tuple[str, list[str]]:
    """A signed-in owner with a second factor: its secret and the recovery codes."""
    await browser.sign_up()
    begun = await browser.post(FACTOR, json={"password": PASSWORD})
    secret = begun.json()["data"]["secret"]
    enabled = await browser.post(f"{FACTOR}/enable", json={"code": code(secret, clock)})
    return secret, enabled.json()["data"]["codes"]


async def sign_in(browser: BrowserClient, **more: str) -> httpx.Response:
    return await browser.post("/api/v1/public/sign-in", json=FORM | more)


async def test_a_second_factor_is_asked_for(
    browser: BrowserClient, factor: tuple[str, list[str]], clock: FakeClock
) -> None:
    secret, _ = factor
    clock.advance(seconds=30)
    without, wrong = await sign_in(browser), await sign_in(browser, code="000000")
    right = await sign_in(browser, code=code(secret, clock))
    again = await sign_in(browser, code=code(secret, clock))

    assert [answer.status_code for answer in (without, wrong, right, again)] == [401, 401, 200, 401]
    assert without.json()["error"]["code"] == "second_factor_needed"
    assert wrong.json()["error"]["details"][0]["field"] == "code"


async def test_a_wrong_password_does_not_tell_of_the_second_factor(
    browser: BrowserClient, factor: tuple[str, list[str]]
) -> None:
    answer = await browser.post("/api/v1/public/sign-in", json=FORM | {"password": "wrong", "code": "1"})

    assert answer.json()["error"]["code"] == "wrong_credentials"


async def test_a_recovery_code_works_once(browser: BrowserClient, factor: tuple[str, list[str]]) -> None:
    _, codes = factor
    used = codes[0].upper().replace("-", " ")
    answers = [(await sign_in(browser, code=used)).status_code for _ in range(2)]

    assert (len(set(codes)), answers) == (10, [200, 401])
    assert (await browser.get(FACTOR)).json()["data"] == {"is_on": True, "recovery_codes_left": 9}


async def test_new_recovery_codes_replace_the_old(
    browser: BrowserClient, factor: tuple[str, list[str]]
) -> None:
    _, old = factor
    renewed = await browser.post(f"{FACTOR}/recovery-codes", json={"password": PASSWORD, "code": old[1]})

    assert (await sign_in(browser, code=old[0])).status_code == 401
    assert (await sign_in(browser, code=renewed.json()["data"]["codes"][0])).status_code == 200


async def test_codes_cannot_be_tried_for_ever(browser: BrowserClient, factor: tuple[str, list[str]]) -> None:
    answers = [(await sign_in(browser, code=f"{number:06}")).status_code for number in range(12)]

    assert answers[:9] == [401] * 9
    assert answers[-1] == 429


async def test_a_second_factor_that_was_only_begun_does_not_count(browser: BrowserClient) -> None:
    await browser.sign_up()
    await browser.post(FACTOR, json={"password": PASSWORD})
    wrong = await browser.post(f"{FACTOR}/enable", json={"code": "000000"})

    assert wrong.status_code == 422
    assert (await sign_in(browser)).status_code == 200


async def test_switching_off_needs_the_password_and_a_code(
    browser: BrowserClient, factor: tuple[str, list[str]], clock: FakeClock
) -> None:
    secret, _ = factor
    clock.advance(seconds=30)
    wrong = {"password": "wrong", "code": code(secret, clock)}
    refused = await browser.post(f"{FACTOR}/disable", json=wrong)
    half = await browser.post(f"{FACTOR}/disable", json={"password": PASSWORD})
    done = await browser.post(f"{FACTOR}/disable", json=wrong | {"password": PASSWORD})

    assert [answer.status_code for answer in (refused, half, done)] == [422, 401, 200]
    assert half.json()["error"]["code"] == "second_factor_needed"
    assert (await sign_in(browser)).status_code == 200


SENSITIVE: dict[str, dict[str, object]] = {
    f"{ACCOUNT}/password": {"new_password": "another long sentence"},
    f"{ACCOUNT}/sign-in-rules": {"requires_second_factor": False},
    f"{ACCOUNT}/sessions/ses_x/end": {},
    f"{ACCOUNT}/sessions/end-others": {},
    f"{FACTOR}/recovery-codes": {},
    f"{FACTOR}/disable": {},
    f"{ACCOUNT}/passkeys/options": {},
    f"{ACCOUNT}/passkeys/psk_x/remove": {},
    "/api/v1/customer/keys": {"name": "Till", "scopes": ["read"]},
    "/api/v1/customer/tenants/ten_x/secrets/mail/reveal": {"public_key": "x"},
    "/api/v1/customer/data/delete": {"business_name": "Ada's Bakery"},
}


async def test_with_a_second_factor_the_password_alone_changes_nothing(
    services: Services, browser: BrowserClient, factor: tuple[str, list[str]]
) -> None:
    for path, body in SENSITIVE.items():
        answer = await browser.post(path, json={**body, "password": PASSWORD})
        assert answer.json()["error"]["code"] == "second_factor_needed", path


def test_whatever_asks_for_the_password_asks_for_the_second_factor(services: Services) -> None:
    document = api_description()
    for path, methods in document["paths"].items():
        body = methods.get("post", {}).get("requestBody")
        if not path.startswith("/api/v1/customer/") or not body:
            continue
        name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        fields = document["components"]["schemas"][name]["properties"]
        if "password" in fields:
            assert {"code", "passkey"} <= fields.keys(), path
            # Without a second factor there is none to ask for while the first one is set up.
            filled = path.format(passkey_id="psk_x", session_id="ses_x", tenant_id="ten_x", name="mail")
            assert filled in {*SENSITIVE, FACTOR}, path


async def test_secrets_and_codes_are_not_stored_as_they_are(
    services: Services, factor: tuple[str, list[str]]
) -> None:
    text = await database_text(services)

    assert factor[0] not in text
    assert not [one for one in factor[1] if one in text or one.replace("-", "") in text]


async def test_sessions_are_listed_and_ended(services: Services, browser: BrowserClient) -> None:
    await browser.sign_up()
    async with BrowserClient(httpx.ASGITransport(api_over(services))) as phone:
        await sign_in(phone)
        listed = (await browser.get(f"{ACCOUNT}/sessions")).json()["data"]
        other = next(one for one in listed if not one["is_current"])
        refused = await browser.post(f"{ACCOUNT}/sessions/{other['id']}/end", json={"password": "wrong"})
        ended = await browser.post(f"{ACCOUNT}/sessions/{other['id']}/end", json={"password": PASSWORD})
        gone = await phone.get("/api/v1/customer/me")
        twice = await browser.post(f"{ACCOUNT}/sessions/{other['id']}/end", json={"password": PASSWORD})

    assert len(listed) == 2
    assert [answer.status_code for answer in (refused, ended, gone, twice)] == [422, 200, 401, 404]


async def test_all_other_sessions_are_ended_at_once(services: Services, browser: BrowserClient) -> None:
    await browser.sign_up()
    async with BrowserClient(httpx.ASGITransport(api_over(services))) as phone:
        await sign_in(phone)
        answer = await browser.post(f"{ACCOUNT}/sessions/end-others", json={"password": PASSWORD})
        assert answer.json()["data"] == 1
        assert (await phone.get("/api/v1/customer/me")).status_code == 401
    assert (await browser.get("/api/v1/customer/me")).status_code == 200


async def test_another_customers_session_is_not_there(services: Services, browser: BrowserClient) -> None:
    await browser.sign_up()
    async with BrowserClient(httpx.ASGITransport(api_over(services))) as eve:
        await eve.sign_up("eve@other.example")
        [own] = (await browser.get(f"{ACCOUNT}/sessions")).json()["data"]
        answer = await eve.post(f"{ACCOUNT}/sessions/{own['id']}/end", json={"password": PASSWORD})

    assert answer.status_code == 404
    assert (await browser.get("/api/v1/customer/me")).status_code == 200


@pytest.mark.slow
async def test_a_new_password_needs_the_old_one_and_ends_other_sessions(
    services: Services, browser: BrowserClient
) -> None:
    await browser.sign_up()
    async with BrowserClient(httpx.ASGITransport(api_over(services))) as phone:
        await sign_in(phone)
        form = {"password": "wrong", "new_password": "another long sentence"}
        assert (await browser.post(f"{ACCOUNT}/password", json=form)).status_code == 422
        form["password"] = PASSWORD
        assert (await browser.post(f"{ACCOUNT}/password", json=form)).status_code == 200
        assert (await phone.get("/api/v1/customer/me")).status_code == 401
    assert (await browser.get("/api/v1/customer/me")).status_code == 200


async def key_of(browser: BrowserClient, *scopes: str) -> dict[str, object]:
    form = {"name": "Till", "scopes": list(scopes), "password": PASSWORD}
    answer = await browser.post("/api/v1/customer/keys", json=form)
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["data"])


async def test_a_key_acts_within_its_scopes_without_cookies(
    services: Services, browser: BrowserClient
) -> None:
    await browser.sign_up()
    made = await key_of(browser, "read")
    transport = httpx.ASGITransport(api_over(services))
    headers = {"Authorization": f"Bearer {made['key']}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://hub", headers=headers) as program:
        read = await program.get("/api/v1/customer/orders")
        bought = await program.post("/api/v1/customer/orders")
        grown = await program.post(
            "/api/v1/customer/keys", json={"name": "x", "scopes": ["buy"], "password": PASSWORD}
        )
        listed = (await browser.get("/api/v1/customer/keys")).json()["data"]
        await browser.delete(f"/api/v1/customer/keys/{listed[0]['id']}")
        revoked = await program.get("/api/v1/customer/orders")

    assert [answer.status_code for answer in (read, bought, grown, revoked)] == [200, 403, 403, 401]
    assert listed[0]["last_used_at"] is not None
    assert str(made["key"]).startswith(listed[0]["prefix"])
    assert str(made["key"]) not in str(listed)


async def test_keys_are_stored_as_hashes(services: Services, browser: BrowserClient) -> None:
    await browser.sign_up()
    made = await key_of(browser, "read", "chat")

    assert str(made["key"]) not in await database_text(services)


@pytest.mark.parametrize("scopes", [[], ["everything"], ["secrets"], ["keys"], ["account"]])
async def test_scopes_are_checked(browser: BrowserClient, scopes: list[str]) -> None:
    await browser.sign_up()
    form = {"name": "Till", "scopes": scopes, "password": PASSWORD}

    assert (await browser.post("/api/v1/customer/keys", json=form)).status_code == 422

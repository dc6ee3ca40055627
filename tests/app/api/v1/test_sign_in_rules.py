"""A business that demands a second factor, and letters about browsers that are new."""

import base64
from collections.abc import AsyncIterator

import httpx
import pytest

from letsbe_app.composition import Services
from letsbe_app.db.models import UserRole
from letsbe_app.people.accounts.schemas import Visitor
from letsbe_app.people.accounts.totp import code_at
from tests.support.api import api_over
from tests.support.authenticator import Authenticator
from tests.support.browser_client import BrowserClient
from tests.support.hub import PASSWORD, FakeClock
from tests.support.mail import mails_to, token_for

ACCOUNT = "/api/v1/customer/account"
RULES = f"{ACCOUNT}/sign-in-rules"
ADA, BEN = "ada@bakery.example", "ben@bakery.example"
NEW_DEVICE = "A new device signed in to your account"


@pytest.fixture
async def other(services: Services) -> AsyncIterator[BrowserClient]:
    async with BrowserClient(httpx.ASGITransport(api_over(services))) as client:
        yield client


@pytest.fixture
async def demanding(services: Services, browser: BrowserClient, clock: FakeClock) -> BrowserClient:
    """An owner with an authenticator app, who demands one of everybody."""
    await browser.sign_up()
    begun = await browser.post(f"{ACCOUNT}/second-factor", json={"password": PASSWORD})
    secret = base64.b32decode(begun.json()["data"]["secret"])

    def code() -> str:
        return code_at(secret, int(clock().timestamp()) // 30)

    await browser.post(f"{ACCOUNT}/second-factor/enable", json={"code": code()})
    clock.advance(seconds=30)
    form = {"requires_second_factor": True, "password": PASSWORD, "code": code()}
    answer = await browser.post(RULES, json=form)
    assert answer.status_code == 200, answer.text
    return browser


async def joined(services: Services, owner: BrowserClient, member: BrowserClient) -> None:
    form = {"email": BEN, "role": UserRole.MEMBER}
    await owner.post("/api/v1/customer/invitations", json=form)
    form = {"token": await token_for(services, BEN, "join"), "password": PASSWORD}
    assert (await member.post("/api/v1/public/invitation/accept", json=form)).status_code == 201


async def add_passkey(browser: BrowserClient, device: Authenticator) -> int:
    keys = f"{ACCOUNT}/passkeys"
    options = (await browser.post(f"{keys}/options", json={"password": PASSWORD})).json()["data"]
    return (
        await browser.post(keys, json={"name": "Phone", "credential": device.create(options)})
    ).status_code


async def test_nobody_demands_what_they_do_not_have(browser: BrowserClient) -> None:
    await browser.sign_up()
    answer = await browser.post(RULES, json={"requires_second_factor": True, "password": PASSWORD})

    assert answer.status_code == 409
    assert (await browser.get(RULES)).json()["data"] == {"requires_second_factor": False}


async def test_without_a_factor_a_colleague_may_do_nothing_but_set_one_up(
    services: Services, demanding: BrowserClient, other: BrowserClient
) -> None:
    await joined(services, demanding, other)
    held = [await other.get(f"/api/v1/customer/{path}") for path in ("me", "tenants", "approvals", "members")]
    assert {answer.status_code for answer in held} == {403}
    assert {answer.json()["error"]["code"] for answer in held} == {"second_factor_required"}

    assert await add_passkey(other, Authenticator()) == 201
    assert (await other.get("/api/v1/customer/tenants")).status_code == 200


async def test_the_password_alone_opens_nothing_any_more(
    services: Services, demanding: BrowserClient, other: BrowserClient
) -> None:
    device = Authenticator()
    await joined(services, demanding, other)
    await add_passkey(other, device)
    form: dict[str, object] = {"email": BEN, "password": PASSWORD}
    alone = await other.post("/api/v1/public/sign-in", json=form)
    options = (await other.post("/api/v1/public/passkey/options", json={})).json()["data"]
    both = await other.post("/api/v1/public/sign-in", json=form | {"passkey": device.get(options)})

    assert (alone.status_code, both.status_code) == (401, 200)
    assert alone.json()["error"]["code"] == "second_factor_needed"


async def test_people_are_listed_by_role_with_whether_they_have_a_factor(
    services: Services, demanding: BrowserClient, other: BrowserClient
) -> None:
    await joined(services, demanding, other)
    found = [
        [(one["email"], one["has_second_factor"]) for one in (await demanding.get(path)).json()["data"]]
        for path in (f"/api/v1/customer/members?role={role}" for role in ("owner", "member", "approver"))
    ]
    assert found == [[(ADA, True)], [(BEN, False)], []]


async def test_only_owners_see_to_it(
    services: Services, demanding: BrowserClient, other: BrowserClient
) -> None:
    await joined(services, demanding, other)
    await add_passkey(other, Authenticator())
    form = {"requires_second_factor": False, "password": PASSWORD}

    assert (await other.post(RULES, json=form)).status_code == 403
    # The password alone does not take the rule back either.
    assert (await demanding.post(RULES, json=form)).status_code == 401


async def test_a_new_browser_is_told_to_its_owner_once(services: Services, browser: BrowserClient) -> None:
    await browser.sign_up()
    form = {"email": ADA, "password": PASSWORD}
    await browser.post("/api/v1/public/sign-in", json=form)
    assert not [mail for mail in await mails_to(services, ADA) if mail.startswith(NEW_DEVICE)]

    phone = BrowserClient(httpx.ASGITransport(api_over(services)))
    phone.headers["User-Agent"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Safari/605\r\n".strip()
    for _ in range(2):
        assert (await phone.post("/api/v1/public/sign-in", json=form)).status_code == 200
    await phone.aclose()
    [letter] = [mail for mail in await mails_to(services, ADA) if mail.startswith(NEW_DEVICE)]

    assert "Safari, iPhone" in letter


@pytest.mark.slow
@pytest.mark.parametrize("is_only_one", [True, False])
async def test_a_browser_that_was_signed_out_from_elsewhere_is_a_stranger_again(
    services: Services, browser: BrowserClient, other: BrowserClient, is_only_one: bool
) -> None:
    await browser.sign_up()
    form, sessions = {"email": ADA, "password": PASSWORD}, f"{ACCOUNT}/sessions"
    await other.post("/api/v1/public/sign-in", json=form)
    [lost] = [one for one in (await browser.get(sessions)).json()["data"] if not one["is_current"]]
    what = f"{lost['id']}/end" if is_only_one else "end-others"
    ended = await browser.post(f"{sessions}/{what}", json={"password": PASSWORD})
    assert ended.status_code == 200, ended.text
    for one in (browser, other):
        assert (await one.post("/api/v1/public/sign-in", json=form)).status_code == 200
    letters = [mail for mail in await mails_to(services, ADA) if mail.startswith(NEW_DEVICE)]

    # The first time, and after it was taken for lost; the browser that did so stays known.
    assert len(letters) == 2


async def test_a_made_up_device_cookie_is_replaced(services: Services, browser: BrowserClient) -> None:
    await browser.sign_up()
    visitor = Visitor(device="lbd_x'; drop table")
    signed_in = await services.accounts.sign_in(ADA, PASSWORD, visitor)

    assert signed_in.device_token.startswith("lbd_")
    assert signed_in.device_token != visitor.device


async def test_a_new_password_closes_other_ways_when_asked(
    services: Services, browser: BrowserClient, other: BrowserClient
) -> None:
    await browser.sign_up()
    await add_passkey(browser, Authenticator())
    form = {"name": "Till", "scopes": ["read"], "password": PASSWORD}
    key = (await browser.post("/api/v1/customer/keys", json=form)).json()["data"]["key"]
    await other.post("/api/v1/public/password-reset", json={"email": ADA})
    finish = {
        "token": await token_for(services, ADA, "new-password"),
        "password": "an entirely new sentence",
        "also_end": ["api_keys", "passkeys"],
    }
    assert (await other.post("/api/v1/public/password-reset/finish", json=finish)).status_code == 200
    headers = {"Authorization": f"Bearer {key}"}
    program = await other.get("/api/v1/customer/orders", headers=headers)
    await other.post("/api/v1/public/sign-in", json={"email": ADA, "password": finish["password"]})

    assert program.status_code == 401
    assert (await other.get(f"{ACCOUNT}/passkeys")).json()["data"] == []

"""Forgotten passwords, confirmed addresses, accepted invitations: what links in mails do."""

import pytest

from letsbe_app.composition import Services
from letsbe_app.db.models import UserRole
from letsbe_app.people.authz.actor import Actor
from tests.support.browser_client import BrowserClient
from tests.support.hub import PASSWORD, FakeClock, database_text
from tests.support.mail import mails_to, token_for

ADA = "ada@bakery.example"
NEW = "an entirely new sentence"
RESET = "/api/v1/public/password-reset"


async def reset(browser: BrowserClient, token: str, password: str = NEW) -> int:
    answer = await browser.post(f"{RESET}/finish", json={"token": token, "password": password})
    return answer.status_code


async def sign_in(browser: BrowserClient, password: str) -> int:
    answer = await browser.post("/api/v1/public/sign-in", json={"email": ADA, "password": password})
    return answer.status_code


async def asked(services: Services, browser: BrowserClient) -> str:
    assert (await browser.post(RESET, json={"email": " ADA@bakery.example"})).status_code == 202
    return await token_for(services, ADA, "new-password")


async def test_a_forgotten_password_is_replaced_and_every_session_ends(
    services: Services, browser: BrowserClient
) -> None:
    await browser.sign_up()
    token = await asked(services, browser)

    assert await reset(browser, token) == 200
    assert (await browser.get("/api/v1/customer/me")).status_code == 401
    assert await sign_in(browser, PASSWORD) == 401
    assert await sign_in(browser, NEW) == 200
    assert (await mails_to(services, ADA))[0].startswith("Your password was changed")


async def test_a_link_works_once(services: Services, browser: BrowserClient) -> None:
    await browser.sign_up()
    token = await asked(services, browser)

    assert [await reset(browser, token), await reset(browser, token, "yet another sentence")] == [200, 422]


async def test_a_link_works_for_half_an_hour(
    services: Services, browser: BrowserClient, clock: FakeClock
) -> None:
    await browser.sign_up()
    token = await asked(services, browser)
    clock.advance(minutes=30)

    assert await reset(browser, token) == 422


async def test_only_the_newest_link_works(services: Services, browser: BrowserClient) -> None:
    await browser.sign_up()
    first, second = await asked(services, browser), await asked(services, browser)

    assert first != second
    assert [await reset(browser, first), await reset(browser, second)] == [422, 200]


async def test_a_refused_password_does_not_use_the_link_up(
    services: Services, browser: BrowserClient
) -> None:
    await browser.sign_up()
    token = await asked(services, browser)

    assert [await reset(browser, token, "password12"), await reset(browser, token)] == [422, 200]


async def test_strangers_learn_nothing_about_accounts(services: Services, browser: BrowserClient) -> None:
    await browser.sign_up()
    known = await browser.post(RESET, json={"email": ADA})
    unknown = await browser.post(RESET, json={"email": "nobody@else.example"})

    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert await mails_to(services, "nobody@else.example") == []


async def test_asking_is_limited(browser: BrowserClient) -> None:
    answers = [(await browser.post(RESET, json={"email": ADA})).status_code for _ in range(4)]

    assert answers == [202, 202, 202, 429]


async def test_tokens_are_stored_as_hashes(services: Services, browser: BrowserClient) -> None:
    await browser.sign_up()
    token = await asked(services, browser)

    assert token not in await database_text(services)


async def test_an_address_is_confirmed_by_its_mail(services: Services, browser: BrowserClient) -> None:
    await browser.sign_up()
    assert not (await browser.get("/api/v1/customer/me")).json()["data"]["is_email_confirmed"]
    token = await token_for(services, ADA, "confirm-email")
    answers = [
        (await browser.post("/api/v1/public/email-confirmation", json={"token": token})).status_code
        for _ in range(2)
    ]

    assert answers == [200, 422]
    assert (await browser.get("/api/v1/customer/me")).json()["data"]["is_email_confirmed"]
    assert (await browser.post("/api/v1/customer/account/email-confirmation")).status_code == 200
    assert len(await mails_to(services, ADA)) == 1


async def test_a_link_of_one_kind_is_none_of_another(services: Services, browser: BrowserClient) -> None:
    await browser.sign_up()

    assert await reset(browser, await token_for(services, ADA, "confirm-email")) == 422


async def test_an_invitation_makes_a_member(services: Services, owner: Actor, browser: BrowserClient) -> None:
    await services.members.invite(owner, "Bob@bakery.example", UserRole.APPROVER)
    token = await token_for(services, "bob@bakery.example", "join")
    offer = await browser.post("/api/v1/public/invitation", json={"token": token})
    form = {"token": token, "password": "bobs own long sentence"}
    joined = await browser.post("/api/v1/public/invitation/accept", json=form)
    again = await browser.post("/api/v1/public/invitation/accept", json=form)

    assert offer.json()["data"] == {
        "business_name": "Ada's Bakery",
        "email": "bob@bakery.example",
        "role": "approver",
    }
    assert (joined.status_code, again.status_code) == (201, 422)
    me = (await browser.get("/api/v1/customer/me")).json()["data"]
    assert (me["customer_id"], me["role"], me["is_email_confirmed"]) == (owner.customer_id, "approver", True)


@pytest.mark.parametrize("end", ["expired", "taken back", "replaced"])
async def test_an_invitation_ends(
    services: Services, owner: Actor, browser: BrowserClient, clock: FakeClock, end: str
) -> None:
    invitation = await services.members.invite(owner, "bob@bakery.example", UserRole.MEMBER)
    token = await token_for(services, "bob@bakery.example", "join")
    if end == "expired":
        clock.advance(days=7)
    elif end == "taken back":
        await services.members.take_back(owner, invitation.id)
    else:
        await services.members.invite(owner, "bob@bakery.example", UserRole.READ_ONLY)
    answer = await browser.post("/api/v1/public/invitation", json={"token": token})

    assert answer.status_code == 422


async def test_an_invitation_to_somebody_with_an_account_is_a_conflict(
    services: Services, owner: Actor, stranger: Actor, browser: BrowserClient
) -> None:
    await services.members.invite(owner, stranger.email, UserRole.MEMBER)
    form = {"token": await token_for(services, stranger.email, "join"), "password": "a long sentence here"}

    assert (await browser.post("/api/v1/public/invitation/accept", json=form)).status_code == 409

"""A code by mail for browsers that are new."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from letsbe_app.composition import Services
from tests.support.api import api_over
from tests.support.authenticator import Authenticator
from tests.support.browser_client import BrowserClient
from tests.support.hub import PASSWORD, hub_settings, running_services
from tests.support.mail import mails_to, token_for

ADA = "ada@bakery.example"
SIGN_IN, PASSKEYS = "/api/v1/public/sign-in", "/api/v1/customer/account/passkeys"
FORM = {"email": ADA, "password": PASSWORD}


@pytest.fixture
async def asking(tmp_path: Path, redis_url: str, database_url: str) -> AsyncIterator[Services]:
    """A hub that mails codes."""
    changes = {"DATABASE_URL": database_url, "LETSBE_MAILED_CODES": True}
    async with running_services(tmp_path / "data", redis_url, **changes) as services:
        yield services


def new_browser(services: Services) -> BrowserClient:
    return BrowserClient(httpx.ASGITransport(api_over(services)))


@pytest.fixture
async def known(asking: Services) -> AsyncIterator[BrowserClient]:
    async with new_browser(asking) as client:
        await client.sign_up()
        yield client


@pytest.fixture
async def new(asking: Services) -> AsyncIterator[BrowserClient]:
    async with new_browser(asking) as client:
        yield client


async def code_for(services: Services) -> str:
    [code, *_] = [
        found[0]
        for mail in await mails_to(services, ADA)
        if mail.startswith("Your code to sign in") and (found := re.search(r"\d{4} \d{4}", mail))
    ]
    return code


async def test_a_new_browser_needs_the_mail_and_then_nothing(
    asking: Services, known: BrowserClient, new: BrowserClient
) -> None:
    asked = await new.post(SIGN_IN, json=FORM)
    assert (asked.status_code, asked.json()["error"]["code"]) == (401, "mailed_code_needed")
    assert "letsbe_session" not in new.cookies

    opened = await new.post(SIGN_IN, json=FORM | {"code": await code_for(asking)})
    assert opened.status_code == 200, opened.text
    for one in (new, known):
        assert (await one.post(SIGN_IN, json=FORM)).status_code == 200


async def test_a_code_is_good_once_and_in_its_browser(
    asking: Services, known: BrowserClient, new: BrowserClient
) -> None:
    await new.post(SIGN_IN, json=FORM)
    form = FORM | {"code": await code_for(asking)}
    thief = new_browser(asking)
    assert (await thief.post(SIGN_IN, json=form)).status_code == 401
    assert (await new.post(SIGN_IN, json=form)).status_code == 200
    assert (await thief.post(SIGN_IN, json=form)).status_code == 401
    await thief.aclose()


async def test_a_wrong_code_is_told_at_its_field_and_cannot_be_tried_for_ever(
    asking: Services, known: BrowserClient, new: BrowserClient
) -> None:
    await new.post(SIGN_IN, json=FORM)
    code = await code_for(asking)
    wrong = f"{(int(code[:4]) + 1) % 10_000:04} {code[5:]}"
    answers = [(await new.post(SIGN_IN, json=FORM | {"code": wrong})).json()["error"] for _ in range(11)]

    assert [problem["field"] for problem in answers[0]["details"]] == ["code"]
    assert {answer["code"] for answer in answers[:9]} == {"mailed_code_needed"}
    assert answers[-1]["code"] == "rate_limited"


async def test_a_wrong_password_sends_no_mail(
    asking: Services, known: BrowserClient, new: BrowserClient
) -> None:
    answer = await new.post(SIGN_IN, json=FORM | {"password": "something else entirely"})

    assert answer.json()["error"]["code"] == "wrong_credentials"
    assert not [mail for mail in await mails_to(asking, ADA) if mail.startswith("Your code")]


@pytest.mark.slow
async def test_a_new_password_makes_other_browsers_strangers(
    asking: Services, known: BrowserClient, new: BrowserClient
) -> None:
    await new.post(SIGN_IN, json=FORM)
    await new.post(SIGN_IN, json=FORM | {"code": await code_for(asking)})
    await known.post("/api/v1/public/password-reset", json={"email": ADA})
    chosen = {"token": await token_for(asking, ADA, "new-password"), "password": "another long sentence"}
    assert (await known.post("/api/v1/public/password-reset/finish", json=chosen)).status_code == 200

    form = FORM | {"password": chosen["password"]}
    # The browser in which it was chosen has shown that the mail is read there.
    assert [(await one.post(SIGN_IN, json=form)).status_code for one in (known, new)] == [200, 401]
    change = {"password": form["password"], "new_password": PASSWORD}
    await new.post(SIGN_IN, json=form | {"code": await code_for(asking)})
    changed = await known.post("/api/v1/customer/account/password", json=change)
    assert changed.status_code == 200, changed.text
    assert [(await one.post(SIGN_IN, json=FORM)).status_code for one in (known, new)] == [200, 401]


async def test_nobody_is_buried_in_mails(asking: Services, known: BrowserClient, new: BrowserClient) -> None:
    codes = [(await new.post(SIGN_IN, json=FORM)).json()["error"]["code"] for _ in range(6)]

    assert codes == ["mailed_code_needed"] * 5 + ["rate_limited"]


async def test_whoever_joins_by_a_link_in_a_mail_is_mailed_no_code(
    asking: Services, known: BrowserClient, new: BrowserClient
) -> None:
    bob = "bob@bakery.example"
    await known.post("/api/v1/customer/invitations", json={"email": bob, "role": "member"})
    form = {"token": await token_for(asking, bob, "join"), "password": PASSWORD}
    joined = await new.post("/api/v1/public/invitation/accept", json=form)

    assert joined.status_code == 201, joined.text
    assert (await new.post(SIGN_IN, json=FORM | {"email": bob})).status_code == 200


async def test_whoever_has_a_second_factor_is_asked_for_that_alone(
    asking: Services, known: BrowserClient, new: BrowserClient
) -> None:
    device = Authenticator()
    options = (await known.post(f"{PASSKEYS}/options", json={"password": PASSWORD})).json()["data"]
    added = await known.post(PASSKEYS, json={"name": "Phone", "credential": device.create(options)})
    assert added.status_code == 201
    asked = (await new.post("/api/v1/public/passkey/options", json={})).json()["data"]

    assert (await new.post(SIGN_IN, json=FORM | {"passkey": device.get(asked)})).status_code == 200


def test_codes_are_mailed_where_mail_goes_out(tmp_path: Path) -> None:
    def asks(**changes: object) -> bool:
        return hub_settings(tmp_path, "", **changes).asks_for_mailed_codes

    mail = {"LETSBE_SMTP_URL": "smtps://u:p@mail.example"}
    assert (asks(), asks(**mail), asks(**mail, LETSBE_MAILED_CODES=False)) == (False, True, False)

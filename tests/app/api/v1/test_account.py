"""Sign-up to sign-out as a browser does it, and as another site would try."""

from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest

from letsbe_app.composition import Services
from letsbe_app.db.models import UserRole
from letsbe_app.errors import NotSignedIn
from letsbe_app.people.authz.actor import Actor
from tests.support.api import api_over
from tests.support.browser_client import BrowserClient
from tests.support.hub import PASSWORD, new_content, running_services
from tests.support.mail import token_for


def cookies_of(answer: httpx.Response) -> SimpleCookie:
    jar = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        jar.load(header)
    return jar


async def test_sign_up_sets_a_session_that_scripts_cannot_read(browser: BrowserClient) -> None:
    answer = await browser.sign_up()
    session = cookies_of(answer)["letsbe_session"]

    assert answer.status_code == 201
    assert (session["httponly"], session["samesite"], session["path"]) == (True, "lax", "/")
    assert not session["secure"]
    assert session.value not in answer.text
    assert (await browser.get("/api/v1/customer/me")).json()["data"]["email"] == "ada@bakery.example"


async def test_the_csrf_cookie_can_be_read_by_the_page(browser: BrowserClient) -> None:
    csrf = cookies_of(await browser.sign_up())["letsbe_csrf"]

    assert (csrf["httponly"], csrf["samesite"], csrf["path"]) == ("", "lax", "/")


async def test_cookies_are_secure_on_https(tmp_path: Path, redis_url: str) -> None:
    url = "https://hub.example"
    async with running_services(tmp_path / "https", redis_url, LETSBE_PUBLIC_URL=url) as services:
        transport = httpx.ASGITransport(api_over(services))
        async with BrowserClient(transport) as browser:
            browser.headers["Origin"] = url
            jar = cookies_of(await browser.sign_up())

    assert jar["__Host-letsbe_session"]["secure"]
    assert jar["__Host-letsbe_csrf"]["secure"]


async def test_sign_in_and_sign_out(browser: BrowserClient) -> None:
    await browser.sign_up()
    browser.cookies.clear()
    form = {"email": "ada@bakery.example", "password": PASSWORD}

    assert (await browser.post("/api/v1/public/sign-in", json=form)).status_code == 200
    session = browser.cookies["letsbe_session"]
    assert (await browser.post("/api/v1/customer/sign-out")).status_code == 200
    assert "letsbe_session" not in browser.cookies

    browser.cookies.set("letsbe_session", session)
    answer = await browser.get("/api/v1/customer/me")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_signed_in")


async def test_wrong_credentials_and_too_many_tries(browser: BrowserClient) -> None:
    form = {"email": "ada@bakery.example", "password": "wrong password"}
    for _ in range(10):
        answer = await browser.post("/api/v1/public/sign-in", json=form)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "wrong_credentials")

    answer = await browser.post("/api/v1/public/sign-in", json=form)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 900


@pytest.mark.parametrize("path", ["/api/v1/public/sign-up", "/api/v1/public/sign-in", "/api/v1/public/quote"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8000.evil.example"},
    ],
)
async def test_another_site_cannot_post(browser: BrowserClient, path: str, headers: dict[str, str]) -> None:
    answer = await browser.post(path, json={}, headers=headers)

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


async def test_a_call_without_origin_is_refused(browser: BrowserClient) -> None:
    del browser.headers["Origin"]

    assert (await browser.sign_up()).status_code == 403


async def test_both_names_of_this_machine_are_ours(browser: BrowserClient) -> None:
    browser.headers["Origin"] = "http://127.0.0.1:8000"

    assert (await browser.sign_up()).status_code == 201


async def test_a_form_cannot_sign_anybody_up(browser: BrowserClient) -> None:
    body = '{"business_name": "x", "email": "a@b.example", "password": "correct horse battery"}'
    answer = await browser.post(
        "/api/v1/public/sign-up", content=body, headers={"Content-Type": "text/plain"}
    )

    assert answer.status_code == 422
    assert "letsbe_session" not in browser.cookies


@pytest.mark.parametrize("token", ["", "0" * 64, "äöü"])
async def test_a_change_needs_the_token_of_this_session(browser: BrowserClient, token: str) -> None:
    await browser.sign_up()
    answer = await browser.post("/api/v1/customer/sign-out", headers={"X-CSRF-Token": token.encode()})

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


async def test_the_token_of_another_session_does_not_count(browser: BrowserClient) -> None:
    await browser.sign_up()
    foreign = browser.cookies["letsbe_csrf"]
    browser.cookies.clear()
    await browser.sign_up("bob@other.example")

    answer = await browser.post("/api/v1/customer/sign-out", headers={"X-CSRF-Token": foreign})
    assert answer.status_code == 403


async def test_a_change_from_another_site_is_refused_even_with_the_token(browser: BrowserClient) -> None:
    await browser.sign_up()
    answer = await browser.post("/api/v1/customer/sign-out", headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403


async def test_when_redis_is_away_nobody_can_guess(services: Services, browser: BrowserClient) -> None:
    from letsbe_app.people.accounts.throttle import Throttle
    from letsbe_app.relay import Relay

    away = Relay("redis://127.0.0.1:1/0", new_content())
    services.accounts._throttle = Throttle(away.windows)
    answer = await browser.post(
        "/api/v1/public/sign-in", json={"email": "a@b.example", "password": "wrong password"}
    )
    await away.close()

    assert answer.status_code == 503


@pytest.mark.parametrize("way", ["sign-in", "sign-up", "invitation/accept"])
async def test_a_browser_has_one_session(
    services: Services, owner: Actor, browser: BrowserClient, way: str
) -> None:
    await browser.sign_up("bob@other.example")
    earlier = browser.cookies["letsbe_session"]
    form = {"email": "bob@other.example", "password": PASSWORD}
    if way == "sign-up":
        form = {"business_name": "Bob's", "email": "bob@new.example", "password": PASSWORD}
    elif way == "invitation/accept":
        await services.members.invite(owner, "bob@bakery.example", UserRole.MEMBER)
        form = {"token": await token_for(services, "bob@bakery.example", "join"), "password": PASSWORD}
    assert (await browser.post(f"/api/v1/public/{way}", json=form)).is_success

    assert browser.cookies["letsbe_session"] != earlier
    with pytest.raises(NotSignedIn):
        await services.accounts.actor_of(earlier)

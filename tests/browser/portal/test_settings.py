"""Settings in a real browser: a second step is set up and asked for; somebody is invited and joins."""

import base64
import re
import time

import pytest
from playwright.async_api import Browser, Route, expect

from letsbe_app.people.accounts.totp import code_at
from tests.support.browser import PHONE, sign_in, tab
from tests.support.hub import PASSWORD, new_owner
from tests.support.mail import token_for
from tests.support.running_hub import RunningHub

pytestmark = pytest.mark.browser


async def test_a_second_step_is_set_up_and_then_asked_for(hub: RunningHub, browser: Browser) -> None:
    email = f"step-{time.time_ns()}@bakery.example"
    async with hub.services() as services, tab(browser, hub.url) as page:
        await new_owner(services, email)
        await sign_in(page.context, services, email)
        await page.goto("/portal/settings")
        await page.locator("summary", has_text="Set it up").click()
        await page.locator("#factor-password").fill(PASSWORD)
        await page.get_by_role("button", name="Set it up").click()
        secret = await page.locator("code.select-all").inner_text()
        code = code_at(base64.b32decode(secret), int(time.time()) // 30)
        await page.get_by_label("The six digits that the app shows").fill(code)
        await page.get_by_role("button", name="Switch it on").click()
        await expect(page.get_by_text("Keep these codes")).to_be_visible()
        recovery = (await page.locator("pre").inner_text()).split()[0]
    async with tab(browser, hub.url) as page:
        await page.goto("/sign-in")
        await page.get_by_label("E-mail").fill(email)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await expect(page.get_by_label("Code")).to_be_focused()
        await page.get_by_label("Code").fill(recovery)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/portal")


async def test_a_new_browser_asks_for_the_code_from_the_mail(hub: RunningHub, browser: Browser) -> None:
    """What the hub itself does is tested without a browser: here it is played."""
    refused = {"code": "mailed_code_needed", "message": "This browser is new.", "details": []}
    wrong = {**refused, "details": [{"field": "code", "message": "This code is not right."}]}
    answers, sent = [refused, wrong], []

    async def refuse(route: Route) -> None:
        sent.append(route.request.post_data_json)
        await route.fulfill(status=401, json={"success": False, "error": answers.pop(0)})

    async with tab(browser, hub.url) as page:
        await page.set_viewport_size(PHONE)
        await page.route("**/public/sign-in", refuse)
        await page.goto("/sign-in")
        await page.get_by_label("E-mail").fill("ada@bakery.example")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        code = page.get_by_label("Code from our mail")
        await expect(code).to_be_focused()
        await expect(code).to_have_accessible_description(re.compile("eight digits"))
        await code.fill("1234 5678")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("This code is not right.")).to_be_visible()
        await expect(code).to_have_value("1234 5678")
    assert [one.get("code") for one in sent] == [None, "1234 5678"]


async def test_somebody_is_invited_and_joins(hub: RunningHub, browser: Browser) -> None:
    number = time.time_ns()
    owner, bob = f"own-{number}@bakery.example", f"bob-{number}@bakery.example"
    async with hub.services() as services, tab(browser, hub.url) as page:
        await new_owner(services, owner)
        await sign_in(page.context, services, owner)
        await page.set_viewport_size(PHONE)
        await page.goto("/portal/settings")
        await page.locator("summary", has_text="Invite").click()
        await page.get_by_label("E-mail", exact=True).fill(bob)
        await page.get_by_role("button", name="Invite", exact=True).click()
        await expect(page.get_by_role("list", name="Invited, not here yet")).to_contain_text(bob)
    async with hub.services() as services:
        token = await token_for(services, bob, "join")
    async with tab(browser, hub.url) as page:
        await page.goto(f"/join#{token}")
        await page.get_by_label("Your password").fill(PASSWORD)
        await page.get_by_role("button", name="Join").click()
        await page.wait_for_url("**/portal")
        assert token not in page.url
        await page.goto("/portal/settings")
        await expect(page.get_by_text(bob).first).to_be_visible()
        await expect(page.get_by_role("heading", name="Keys for programs")).to_have_count(0)

"""Passkeys in a real browser, with Chromium's virtual authenticator."""

import time

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.browser import sign_in, tab
from tests.support.hub import PASSWORD, new_owner
from tests.support.running_hub import RunningHub

pytestmark = pytest.mark.browser


async def with_device(page: Page) -> None:
    """Give the tab a device that keeps passkeys and always knows its owner."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


async def test_a_passkey_is_added_and_signs_in_alone(hub: RunningHub, browser: Browser) -> None:
    email = f"key-{time.time_ns()}@bakery.example"
    async with hub.services() as services, tab(browser, hub.url) as page:
        await new_owner(services, email)
        await sign_in(page.context, services, email)
        await with_device(page)
        await page.goto("/portal/settings")
        section = page.get_by_role("region", name="Passkeys")
        await section.locator("summary", has_text="Add a passkey").click()
        await section.get_by_label("What to call it").fill("Ada's laptop")
        await section.get_by_label("Your password").fill(PASSWORD)
        await section.get_by_role("button", name="Add a passkey").click()
        await expect(section.get_by_text("Added.")).to_be_visible()
        await expect(section.get_by_role("list", name="Passkeys")).to_contain_text("Ada's laptop")

        # Offered in the menu of the e-mail field; the virtual device takes it up at once.
        await page.context.clear_cookies()
        await page.goto("/sign-in?next=/portal/settings", wait_until="commit")
        await page.wait_for_url("**/portal/settings")
        await expect(page.get_by_text(email).first).to_be_visible()

        # And by the button, where the browser has no such menu.
        await page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
        await page.context.clear_cookies()
        await page.goto("/sign-in?next=https://evil.example/")
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await page.wait_for_url("**/portal")


async def test_no_passkey_leaves_the_page_as_it_was(hub: RunningHub, browser: Browser) -> None:
    async with tab(browser, hub.url) as page:
        await with_device(page)
        await page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
        await page.goto("/sign-in")
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await expect(page.get_by_text("No passkey was used.")).to_be_visible()
        await expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()

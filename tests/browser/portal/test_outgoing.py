"""Webhooks, notices and the server's key on the settings page; and a push that reaches the service worker."""

import json
import time

import pytest
from playwright.async_api import Browser, expect

from tests.support.browser import sign_in, tab
from tests.support.hub import new_owner
from tests.support.receiver import receiver
from tests.support.running_hub import RunningHub

pytestmark = pytest.mark.browser


async def test_a_webhook_is_added_tried_paused_and_removed(hub: RunningHub, browser: Browser) -> None:
    email = f"hook-{time.time_ns()}@bakery.example"
    async with hub.services() as services, tab(browser, hub.url) as page, receiver() as shop:
        await new_owner(services, email)
        await sign_in(page.context, services, email)
        await page.goto("/portal/settings")
        await page.locator("summary", has_text="Add a webhook").click()
        await page.get_by_label("Address").fill(f"{shop.url}/hook")
        await page.get_by_label("An agent asks before it acts").check()
        await page.get_by_role("button", name="Add a webhook").click()
        await expect(page.get_by_text("whsec_")).to_be_visible()
        row = page.get_by_role("list", name="Webhooks").get_by_role("listitem").first
        await expect(row).to_contain_text("An agent asks before it acts approval.requested")
        await row.get_by_role("button", name="Send a test").click()
        await row.locator("summary", has_text="Last deliveries").click()
        await expect(row).to_contain_text("A test webhook.test")
        await row.get_by_role("button", name="Pause").click()
        await expect(row).to_contain_text("paused")
        await row.get_by_role("button", name="Remove").click()
        await expect(page.get_by_text("There are no webhooks.")).to_be_visible()


async def test_quiet_hours_are_kept(hub: RunningHub, browser: Browser) -> None:
    email = f"quiet-{time.time_ns()}@bakery.example"
    async with hub.services() as services, tab(browser, hub.url, phone=True, zone="Asia/Tokyo") as page:
        owner = await new_owner(services, email)
        await sign_in(page.context, services, email)
        await page.goto("/portal/settings")
        await page.locator("summary", has_text="Quiet hours").click()
        await page.get_by_label("From", exact=True).fill("22:00")
        await page.get_by_label("Until", exact=True).fill("07:00")
        # The browser's own zone is proposed, and named.
        await expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
        await expect(page.get_by_text("Japan Standard Time, now")).to_be_visible()
        await page.get_by_role("button", name="Save quiet hours").click()
        await expect(page.get_by_text("Quiet from 22:00 to 07:00, Tokyo time.")).to_be_visible()
        kept = await services.notify.preferences(owner)
        await page.get_by_label("Time zone").select_option("Europe/Berlin")
        await page.get_by_role("button", name="Save quiet hours").click()
        await expect(page.get_by_text("Quiet from 22:00 to 07:00, Berlin time.")).to_be_visible()
        await page.reload()
        await page.locator("summary", has_text="Quiet hours").click()
        await expect(page.get_by_label("Time zone")).to_have_value("Europe/Berlin")
        await page.get_by_role("button", name="Use the time zone of this device").click()
        await expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")

    assert (kept.quiet_from, kept.quiet_until, kept.time_zone) == ("22:00", "07:00", "Asia/Tokyo")


async def test_a_push_is_shown_with_what_it_says_and_nothing_else(hub: RunningHub, browser: Browser) -> None:
    async with tab(browser, hub.url) as page:
        await page.context.grant_permissions(["notifications"], origin=hub.url)
        await page.goto("/sign-in")
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        devtools = await page.context.new_cdp_session(page)
        registrations: list[str] = []
        devtools.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda event: registrations.extend(one["registrationId"] for one in event["registrations"]),
        )
        await devtools.send("ServiceWorker.enable")
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        push = {
            "title": "Something waits",
            "body": "An agent asks.",
            "url": "/portal/approvals#a",
            "tag": "a",
        }
        await devtools.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": f"{hub.url}/", "registrationId": registrations[0], "data": json.dumps(push)},
        )
        shown = await page.wait_for_function(
            """async () => {
              const [one] = await (await navigator.serviceWorker.ready).getNotifications();
              return one && { title: one.title, body: one.body, tag: one.tag, url: one.data.url };
            }"""
        )

        assert await shown.json_value() == push

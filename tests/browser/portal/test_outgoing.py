"""Webhooks, notices and the server's key on the settings page; and a push that reaches the service worker."""

import asyncio
import json
import time
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from letsbe_app.workforce.approvals.schemas import Choice
from tenant_daemon.contracts.approvals import Verdict
from tenant_daemon.contracts.tiers import Tier
from tests.support.browser import sign_in, tab
from tests.support.hub import new_owner
from tests.support.portal import portal_stage
from tests.support.receiver import receiver
from tests.support.running_hub import RunningHub

pytestmark = pytest.mark.browser

SHOWN = """async (title) => {
  const all = await (await navigator.serviceWorker.ready).getNotifications();
  const one = all.find((other) => other.title === title);
  if (!one) return null;
  const { body, tag, data, actions } = one;
  return { title, body, tag, url: data.url, actions: actions.map(({ action }) => action) };
}"""

ACTIVATED = """async () => {
  const { active } = await navigator.serviceWorker.ready;
  while (active.state !== "activated") {
    await new Promise((done) => active.addEventListener("statechange", done, { once: true }));
  }
}"""
"""A worker is "ready" a moment before it gets any event."""


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
        await page.goto("/sign-in")
        await push(page, hub.url, "/portal/settings#a")
        shown = await notification(page, "Something waits")

        assert shown == {
            "title": "Something waits",
            "body": "An agent asks.",
            "tag": "a",
            "url": "/portal/settings#a",
            "actions": [],
        }


@pytest.mark.parametrize(("verdict", "said"), [(Verdict.APPROVE, "Approved"), (Verdict.DENY, "Refused")])
async def test_an_approval_is_decided_in_two_taps_on_its_push(
    hub: RunningHub, browser: Browser, verdict: Verdict, said: str
) -> None:
    async with portal_stage(hub, browser) as stage:
        page, services, actor = stage.page, stage.services, stage.customer.actor
        asked = await stage.ask(None)
        await page.goto("/portal")
        await push(page, hub.url, f"/portal/approvals#{asked.approval_id}")
        plain = await notification(page, "Something waits")
        assert asked.summary not in str(plain)
        assert plain["actions"] == ["show"]

        await tap(page, "show")
        shown = await notification(page, asked.summary)
        assert shown["body"] == f'rm -r "old drafts"\n{asked.reason}'
        assert shown["actions"] == ["approve", "deny"]
        await tap(page, verdict)
        await notification(page, said)
        approval = await services.approvals.get(actor, asked.approval_id)
        assert (approval.verdict, approval.decided_by_user_id) == (verdict, actor.user_id)


async def test_a_push_that_is_tapped_too_late_says_so(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        page, services, actor = stage.page, stage.services, stage.customer.actor
        asked = await stage.ask(None)
        await page.goto("/portal")
        await push(page, hub.url, f"/portal/approvals#{asked.approval_id}")
        await notification(page, "Something waits")
        await tap(page, "show")
        await notification(page, asked.summary)
        await services.approvals.decide(actor, asked.approval_id, Choice(Verdict.DENY))
        await tap(page, "approve")
        told = await notification(page, "You have refused this already, here or on another device.")

        assert (told["body"], told["actions"]) == (asked.summary, [])
        assert (await services.approvals.get(actor, asked.approval_id)).verdict == Verdict.DENY


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"tier": Tier.CRITICAL_RED}, id="must be held"),
        pytest.param({"argv": ["rm", "-r", *[f"folder-{number}" for number in range(40)]]}, id="too long"),
        pytest.param({"diff": "-old\n+new"}, id="a change"),
        pytest.param({"argv": [], "tool_name": "http"}, id="no command"),
    ],
)
async def test_what_a_push_cannot_show_whole_is_approved_on_its_card(
    hub: RunningHub, browser: Browser, changes: dict[str, Any]
) -> None:
    async with portal_stage(hub, browser) as stage:
        asked = await stage.ask(None, **changes)
        await stage.page.goto("/portal")
        await push(stage.page, hub.url, f"/portal/approvals#{asked.approval_id}")
        await notification(stage.page, "Something waits")
        await tap(stage.page, "show")

        assert (await notification(stage.page, asked.summary))["actions"] == ["deny"]


async def push(page: Page, origin: str, url: str) -> None:
    """Hand the page's service worker a push, as the browser does."""
    await page.context.grant_permissions(["notifications"], origin=origin)
    await page.evaluate(ACTIVATED)
    devtools = await page.context.new_cdp_session(page)
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def note(event: dict[str, Any]) -> None:
        for one in event["registrations"]:
            if not found.done():
                found.set_result(one["registrationId"])

    devtools.on("ServiceWorker.workerRegistrationUpdated", note)
    await devtools.send("ServiceWorker.enable")
    registration = await asyncio.wait_for(found, 15)
    told = {"title": "Something waits", "body": "An agent asks.", "url": url, "tag": "a"}
    await devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": f"{origin}/", "registrationId": registration, "data": json.dumps(told)},
    )


async def notification(page: Page, title: str) -> dict[str, Any]:
    """What is shown, once something with this title is."""
    async with asyncio.timeout(30):
        # The browser tells pages nothing of it.
        while not (shown := await page.evaluate(SHOWN, title)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return dict(shown)


async def tap(page: Page, action: str) -> None:
    """Tap a button of what is shown. Of such an event nothing can be waited for, which the worker is told."""
    [worker] = page.context.service_workers
    await worker.evaluate(
        """async (action) => {
          const shown = await self.registration.getNotifications();
          const notification = shown.find(({ actions }) => actions.some((one) => one.action === action));
          const event = new NotificationEvent("notificationclick", { notification, action });
          event.waitUntil = () => {};
          self.dispatchEvent(event);
        }""",
        action,
    )

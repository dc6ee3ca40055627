"""The portal's other pages in a real browser."""

import asyncio
import time

import pytest
from playwright.async_api import Browser, expect

from letsbe_app.relay import Topic
from tenant_daemon.contracts.tiers import Tier
from tests.support.browser import PATIENCE_MS, held_events, sign_in, tab
from tests.support.hub import new_owner, paid_order
from tests.support.portal import finish_set_up, give_back, portal_stage
from tests.support.running_hub import RunningHub

pytestmark = pytest.mark.browser

HOLD_MS = 1_500


async def test_a_stranger_is_led_to_sign_in_and_back(hub: RunningHub, browser: Browser) -> None:
    async with tab(browser, hub.url) as page:
        await page.goto("/portal/approvals")
        await page.wait_for_url("**/sign-in?next=%2Fportal%2Fapprovals*")


async def test_home_says_in_one_sentence_how_the_server_is(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        await stage.page.goto("/portal")
        await expect(stage.page.get_by_role("heading", level=1)).to_have_text("Your server is well.")
        await expect(stage.page.get_by_role("meter", name="Disk")).to_have_attribute("aria-valuenow", "19")
        await expect(stage.page.get_by_text("Nothing waits for you.")).to_be_visible()
        await stage.ask(None)
        await expect(stage.page.get_by_role("article", name="Delete the folder old-drafts")).to_be_visible()


async def test_a_page_whose_load_came_to_nothing_asks_again(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage, held_events(stage.page) as events:
        # What the page asks for itself, and what the opened stream has it ask.
        events.lose('loaded_pages_rx_state_":["', 2)
        await stage.page.goto("/portal/usage")
        async with asyncio.timeout(PATIENCE_MS / 1000):
            await events.has_lost.wait()

        await expect(stage.page.get_by_text("Nothing was used yet.")).to_be_visible()


async def test_the_kill_switch_reaches_the_server(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        await stage.page.goto("/portal")
        await stage.page.get_by_role("button", name="Stop everything").click()
        await expect(stage.page.get_by_role("button", name="Let agents work again")).to_be_visible()
        config = await stage.services.tenants.wanted_config(stage.customer.tenant_id)
        assert config.is_stopped


async def test_refusing_tells_the_agent_why(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        asked = await stage.ask(None)
        await stage.page.goto("/portal/approvals")
        card = stage.page.locator(f"[data-approval={asked.approval_id}]")
        await card.get_by_role("button", name="Refuse").click()
        dialog = stage.page.get_by_role("dialog")
        await dialog.get_by_label("Tell the agent why").fill("I need the folder until Friday")
        await dialog.get_by_role("button", name="Refuse").click()
        decided = (await stage.daemon.next("approval.decided")).payload
        assert (decided.verdict, decided.deny_reason) == ("deny", "I need the folder until Friday")
        await expect(dialog).to_be_hidden()


async def test_a_notification_leads_to_its_card(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        first, second = await stage.ask(None), await stage.ask(None)
        await stage.page.goto(f"/portal/approvals#{first.approval_id}")
        await expect(stage.page.locator(f"[data-approval={first.approval_id}]")).to_be_focused()
        await stage.page.evaluate("id => { location.hash = id }", second.approval_id)
        card = stage.page.locator(f"[data-approval={second.approval_id}]")
        await expect(card).to_be_focused()
        await stage.page.keyboard.press("a")
        decided = (await stage.daemon.next("approval.decided")).payload
        assert (decided.approval_id, decided.verdict) == (second.approval_id, "approve")


async def test_what_cannot_be_undone_must_be_held(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        asked = await stage.ask(None, tier=Tier.CRITICAL_RED, argv=["docker", "volume", "rm", "shop"])
        await stage.page.goto("/portal/approvals")
        card = stage.page.locator(f"[data-approval={asked.approval_id}]")
        hold = card.get_by_role("button", name="Hold to approve")
        await hold.click()
        approval = await stage.services.approvals.get(stage.customer.actor, asked.approval_id)
        assert approval.is_open
        await hold.click(delay=HOLD_MS)
        decided = (await stage.daemon.next("approval.decided")).payload
        assert decided.verdict == "approve"


async def test_keys_decide_only_on_the_card_that_has_the_focus(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        asked = await stage.ask(None)
        await stage.page.goto("/portal/approvals")
        card = stage.page.locator(f"[data-approval={asked.approval_id}]")
        await expect(card).to_be_visible()
        await stage.page.keyboard.press("a")
        await expect(card).to_be_focused()
        await stage.page.keyboard.press("a")
        decided = (await stage.daemon.next("approval.decided")).payload
        assert (decided.approval_id, decided.verdict) == (asked.approval_id, "approve")


async def test_a_call_can_be_changed_before_it_is_approved(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        asked = await stage.ask(None, tool_args={"command": "rm -r 'old drafts'"})
        await stage.page.goto("/portal/approvals")
        card = stage.page.locator(f"[data-approval={asked.approval_id}]")
        await card.get_by_role("button", name="Change it first").click()
        dialog = stage.page.get_by_role("dialog", name="Change it before it is done")
        await expect(dialog.get_by_label("Command")).to_have_value("rm -r 'old drafts'")
        await dialog.get_by_role("button", name="Approve the change").click()
        await expect(dialog.get_by_role("alert")).to_contain_text("Nothing is changed yet")
        await dialog.get_by_label("Command").fill("rm -r 'old drafts/2019'")
        await dialog.get_by_role("button", name="Approve the change").click()
        decided = (await stage.daemon.next("approval.decided")).payload
        assert decided.verdict == "edit_and_approve"
        assert decided.edited_args == {"command": "rm -r 'old drafts/2019'"}
        await expect(dialog).to_be_hidden()


async def test_a_field_of_what_would_be_sent_can_be_changed(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        post = {
            "method": "POST",
            "url": "https://blog.example/api/posts",
            "body": '{"title": "Fesh bread", "draft": false}',
        }
        asked = await stage.ask(None, tool_name="http", argv=[], tool_args=post)
        await stage.page.goto("/portal/approvals")
        card = stage.page.locator(f"[data-approval={asked.approval_id}]")
        await expect(card.get_by_role("definition").filter(has_text="Fesh bread")).to_be_visible()
        await card.get_by_role("button", name="Change it first").click()
        dialog = stage.page.get_by_role("dialog", name="Change it before it is done")
        await dialog.get_by_label("Title").fill("Fresh bread")
        await dialog.get_by_role("button", name="Approve the change").click()
        decided = (await stage.daemon.next("approval.decided")).payload
        assert decided.edited_args == {**post, "body": '{"title": "Fresh bread", "draft": false}'}


async def test_a_decision_taken_elsewhere_shows_at_once(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        await stage.page.goto("/portal/approvals")
        await expect(stage.page.get_by_text("Nothing waits for you.").first).to_be_visible()
        asked = await stage.ask(None)
        card = stage.page.locator(f"[data-approval={asked.approval_id}]")
        await expect(card).to_be_visible()


async def test_an_unlock_and_a_level_reach_the_configuration(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        await stage.page.goto("/portal/agents")
        card = stage.page.locator("[data-agent=it-admin]")
        await card.get_by_text("Change what it may do alone").click()
        await card.get_by_text("May fetch software from outside").click()
        switch = card.get_by_role("switch", name="May fetch software from outside")
        await expect(switch).to_be_checked()
        careful = card.get_by_role("radio", name="Asks before every change")
        await card.get_by_text("Asks before every change").click()
        await expect(careful).to_be_checked()
        config = await stage.services.tenants.wanted_config(stage.customer.tenant_id)
        agent = next(agent for agent in config.agents if agent.agent_id == "it-admin")
        assert (agent.level, agent.unlocked_tools) == (1, ["docker"])


async def test_signing_out_ends_the_session(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        await stage.page.goto("/portal")
        await stage.page.get_by_role("button", name="Sign out").click()
        await stage.page.wait_for_url(f"{hub.url}/")
        await stage.page.goto("/portal")
        await stage.page.wait_for_url("**/sign-in?next=*")


async def test_the_app_is_installable_and_says_when_it_is_offline(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        page = stage.page
        await page.goto("/portal")
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        manifest = await (await page.request.get("/manifest.webmanifest")).json()
        for icon in manifest["icons"]:
            assert (await page.request.get(icon["src"])).ok
        await page.wait_for_function("navigator.serviceWorker.controller !== null")
        await page.context.set_offline(True)
        await page.goto("/portal/agents")
        await expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
        kept = await page.evaluate(
            """async () => {
              const names = await caches.keys();
              const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
              return requests.flat().map((request) => new URL(request.url).pathname);
            }"""
        )
        await page.context.set_offline(False)
        assert not [path for path in kept if path.startswith(("/api", "/portal"))]


async def test_a_set_up_is_shown_step_by_step_as_it_happens(hub: RunningHub, browser: Browser) -> None:
    async with hub.services() as services, tab(browser, hub.url) as page:
        email = f"newcomer-{time.time_ns()}@bakery.example"
        actor = await new_owner(services, email)
        order_id, tenant_id = await paid_order(services, actor)
        await sign_in(page.context, services, email)
        await page.goto(f"/portal/provisioning/{order_id}")
        await expect(page.get_by_role("listitem")).to_have_count(10)
        await expect(page.get_by_text("Step 1 of 10")).to_be_visible()
        await finish_set_up(services, tenant_id)
        await services.relay.publisher.announce(actor.customer_id, Topic.PROVISIONING, order_id)
        await expect(page.get_by_role("heading", name="Your server is ready")).to_be_visible()
        await page.get_by_role("link", name="Go to your portal").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Your server is not connected.")
        await give_back(services, tenant_id)


@pytest.mark.parametrize("path", ["/portal/provisioning/ord_unknown", "/portal/chat/cnv_unknown"])
async def test_what_is_not_there_leads_somewhere(hub: RunningHub, browser: Browser, path: str) -> None:
    async with portal_stage(hub, browser) as stage:
        await stage.page.goto(path)
        there = stage.page.get_by_text("There is no page here").or_(
            stage.page.get_by_role("heading", name="What can Dispatcher do for you?")
        )
        await expect(there).to_be_visible()


@pytest.mark.parametrize("width", [360, 640, 720, 768, 1024, 1121, 1440])
async def test_no_width_hides_a_way_beside_the_screen(hub: RunningHub, browser: Browser, width: int) -> None:
    async with portal_stage(hub, browser) as stage:
        await stage.ask(None)
        await stage.page.set_viewport_size({"width": width, "height": 700})
        await stage.page.goto("/portal/approvals")
        await expect(stage.page.locator("[data-approval]").first).to_be_visible()
        assert await stage.page.evaluate("document.documentElement.scrollWidth") <= width
        settings = stage.page.get_by_role("link", name="Settings")
        box = await settings.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= width - box["width"]

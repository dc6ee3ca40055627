"""No page keeps somebody out, as far as axe-core can see; in both themes, on a phone and on a desk."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import reduce

import pytest
from playwright.async_api import Browser, Page, expect

from letsbe_app.composition import Services
from letsbe_app.shop.onboarding.schemas import DraftChanges
from letsbe_app.ui import routes
from letsbe_app.ui.site_map import PAGES
from tenant_daemon.contracts.chat import ToolFinished, ToolStarted
from tenant_daemon.contracts.tiers import Tier
from tests.support.axe import grave_findings
from tests.support.browser import sign_in, tab
from tests.support.hub import new_owner, paid_order
from tests.support.live_hub import ScriptedRun
from tests.support.looks import findings_in_every_look
from tests.support.portal import Stage, give_back, portal_stage
from tests.support.running_hub import RunningHub
from tests.support.staff import OFFICE

pytestmark = pytest.mark.browser

PUBLIC = (
    routes.LANDING,
    routes.CALCULATOR,
    routes.LEGAL,
    routes.SIGN_UP,
    routes.SIGN_IN,
    routes.FORGOT_PASSWORD,
    routes.NEW_PASSWORD,
    routes.CONFIRM_EMAIL,
    routes.JOIN,
    routes.NOT_FOUND,
    routes.ADMIN_JOIN,
)
WIZARD = (routes.ONBOARDING, routes.PAYMENT, routes.PROVISIONING)
PORTAL = (
    routes.HOME,
    routes.CHAT,
    routes.CONVERSATION,
    routes.APPROVALS,
    routes.CHANGES,
    routes.AGENTS,
    routes.AGENT,
    routes.USAGE,
    routes.SECRETS,
    routes.SETTINGS,
    routes.SECOND_STEP,
    routes.ACTIVITY,
)


def test_no_page_is_left_out() -> None:
    office = [route for route, _title in OFFICE]
    assert {page.route for page in PAGES} == {*PUBLIC, *WIZARD, *PORTAL, *office}


async def findings_of(page: Page, *paths: str) -> list[str]:
    found: list[str] = []
    for path in paths:
        await page.goto(path)
        await settled(page)
        found += await findings_in_every_look(page)
    return found


async def settled(page: Page) -> None:
    """The page shows itself: no placeholder is left."""
    await expect(page.get_by_role("heading", level=1)).to_be_attached()
    await expect(page.locator(".skeleton")).to_have_count(0)


async def test_axe_sees_what_it_should(hub: RunningHub, browser: Browser) -> None:
    async with tab(browser, hub.url) as page:
        await page.goto("/sign-in")
        await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<button></button>')")
        assert ["button-name" in finding for finding in await grave_findings(page)] == [True]


async def test_public_pages(hub: RunningHub, browser: Browser) -> None:
    async with tab(browser, hub.url) as page:
        paths = [route.replace(routes.NOT_FOUND, "/nothing-here") for route in PUBLIC]
        assert await findings_of(page, *paths, "/offline.html") == []


async def test_wizard_payment_and_set_up(hub: RunningHub, browser: Browser) -> None:
    email = f"axe-{time.time_ns()}@bakery.example"
    async with (
        hub.services() as services,
        ordering(services, email) as paths,
        tab(browser, hub.url) as page,
    ):
        await sign_in(page.context, services, email)
        assert await findings_of(page, *paths) == []


@asynccontextmanager
async def ordering(services: Services, email: str) -> AsyncIterator[list[str]]:
    """Pages of an owner with a draft, an order that is not paid yet, and one that is."""
    actor = await new_owner(services, email)
    paid_id, tenant_id = await paid_order(services, actor)
    await services.onboarding.save(actor, DraftChanges(bundle_id="freelancer"))
    open_order = await services.orders.place(actor)
    steps = ("business", "tools", "plan", "name", "check")
    await services.onboarding.save(actor, DraftChanges(bundle_id="freelancer"))
    yield [
        *(f"/start?step={step}" for step in steps),
        f"/start/payment/{open_order.id}",
        f"/portal/provisioning/{paid_id}",
    ]
    await give_back(services, tenant_id)


async def test_portal(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        conversation_id = await busy(stage)
        named = {"[conversation_id]": conversation_id, "[agent_id]": "it-admin"}
        paths = [reduce(lambda path, part: path.replace(*part), named.items(), route) for route in PORTAL]
        assert await findings_of(stage.page, *paths) == []


async def test_what_is_folded_away(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        page = stage.page
        found: list[str] = []
        conversation = await busy(stage)
        for path in ("/portal/agents", "/portal/settings", "/portal/usage", f"/portal/chat/{conversation}"):
            await page.goto(path)
            await settled(page)
            await page.evaluate(
                "document.querySelectorAll('main details').forEach((one) => { one.open = true })"
            )
            found += await findings_in_every_look(page)
        assert found == []


async def test_dialogs(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        await stage.ask(None, tool_args={"command": "rm -r 'old drafts'"})
        page = stage.page
        await page.goto("/portal/approvals")
        found: list[str] = []
        for name in ("Refuse", "Change it first", "Allow this from now on"):
            opener = page.get_by_role("button", name=name)
            await opener.click()
            await expect(page.get_by_role("dialog")).to_be_visible()
            found += await findings_in_every_look(page)
            await page.keyboard.press("Escape")
            await expect(page.get_by_role("dialog")).to_be_hidden()
            await expect(opener).to_be_focused()
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        found += await findings_in_every_look(page)
        assert found == []


async def busy(stage: Stage) -> str:
    """A conversation in which everything happens that can be shown; its id."""
    conversation_id = await stage.conversation("How much disk is left?")
    run = ScriptedRun(conversation_id)
    await stage.daemon.send(run.started("it-admin"))
    await stage.daemon.send(run.add(ToolStarted(tool_call_id="t1", tool_name="shell", summary="df -h")))
    finished = ToolFinished(tool_call_id="t1", status="executed", tier="GREEN", output="/dev/sda1 80G")
    await stage.daemon.send(run.add(finished))
    await stage.daemon.send(
        run.delta(
            "There are **80 GB** left.\n\n| What | Size | Where |\n|---|---|---|\n"
            f"| Photos | 12 GB | /opt/apps/{'x' * 80} |\n\n- [x] looked\n- [ ] tidied up"
        )
    )
    await stage.daemon.send(run.finished())
    await stage.daemon.expect_ack(run.run_id, len(run.events))
    await stage.ask(conversation_id)
    await stage.ask(None, tier=Tier.CRITICAL_RED, argv=["docker", "volume", "rm", "shop"])
    return conversation_id

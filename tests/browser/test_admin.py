"""The back office in a real browser: joining, looking, trying a set-up again, looking into an account."""

import base64
import time
from functools import reduce

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from letsbe_app.api.principals import STAFF_COOKIE
from letsbe_app.api.staff import STAFF_CSRF_COOKIE
from letsbe_app.composition import Services
from letsbe_app.db.models import Order, OrderStatus, StaffRole, Tenant, TenantStatus
from letsbe_app.people.accounts.schemas import Visitor
from letsbe_app.people.accounts.totp import code_at
from tests.support.browser import sign_in, tab
from tests.support.hub import new_owner, paid_order
from tests.support.looks import findings_in_every_look
from tests.support.portal import give_back, heartbeat
from tests.support.running_hub import RunningHub
from tests.support.staff import OFFICE, STAFF_PASSWORD

pytestmark = pytest.mark.browser


def code_of(secret: str) -> str:
    return code_at(base64.b32decode(secret), int(time.time()) // 30)


async def staff_signed_in(context: BrowserContext, services: Services) -> str:
    """A browser of a member of staff, and their id."""
    link = await services.staff.add(f"grace-{time.time_ns()}@letsbe.example", StaffRole.ADMIN)
    token = link.url.partition("#")[2]
    secret = (await services.staff.offer(token, Visitor())).secret
    signed_in = await services.staff.join(token, STAFF_PASSWORD, code_of(secret), Visitor())
    values = {
        STAFF_COOKIE: signed_in.session_token,
        STAFF_CSRF_COOKIE: services.csrf.token(signed_in.actor.session_id),
    }
    url = services.settings.public_url
    await context.add_cookies([{"name": name, "value": value, "url": url} for name, value in values.items()])
    return signed_in.actor.staff_id


async def test_somebody_joins_with_the_link_of_the_command(hub: RunningHub, browser: Browser) -> None:
    async with hub.services() as services, tab(browser, hub.url) as page:
        link = await services.staff.add(f"ada-{time.time_ns()}@letsbe.example", StaffRole.SUPPORT)
        await page.goto(link.url.replace(services.settings.public_url, ""))
        secret = await page.locator("code.select-all").inner_text()
        assert "#" not in page.url
        await page.get_by_label("New password").fill(STAFF_PASSWORD)
        await page.get_by_label("Code of your").fill(code_of(secret))
        await page.get_by_role("button", name="Join").click()
        await page.wait_for_url("**/admin")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
        await page.get_by_role("button", name="Sign out").click()
        await page.wait_for_url("**/admin/sign-in")
        await page.goto("/admin/customers")
        await page.wait_for_url("**/admin/sign-in?next=*")


async def test_every_page_of_the_back_office_lets_everybody_in(hub: RunningHub, browser: Browser) -> None:
    email = f"own-{time.time_ns()}@bakery.example"
    async with hub.services() as services, tab(browser, hub.url) as page:
        await staff_signed_in(page.context, services)
        owner = await new_owner(services, email)
        order_id, tenant_id = await paid_order(services, owner)
        for _ in range(2):
            await services.tenants.record_heartbeat(tenant_id, heartbeat())
        await services.support.allow(owner, 4)
        named = {"[customer_id]": owner.customer_id, "[tenant_id]": tenant_id, "[order_id]": order_id}
        found = []
        for route, heading in OFFICE:
            await page.goto(reduce(lambda path, part: path.replace(*part), named.items(), route))
            await expect(page.locator(".skeleton")).to_have_count(0)
            await expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
            found += await findings_in_every_look(page)
        await give_back(services, tenant_id)
        assert found == []


async def test_an_address_that_names_nothing_shows_nobody(hub: RunningHub, browser: Browser) -> None:
    async with hub.services() as services, tab(browser, hub.url) as page:
        await staff_signed_in(page.context, services)
        owner = await new_owner(services, f"own-{time.time_ns()}@bakery.example")
        await page.goto(f"/admin/customers/{owner.customer_id}")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Ada's Bakery")
        for kind in ("customers", "servers", "runs"):
            await page.goto(f"/admin/{kind}/nothing")
            await expect(page.get_by_text("There is no page here")).to_be_visible()
            await expect(page.get_by_text("Ada's Bakery")).to_have_count(0)


async def test_a_failed_set_up_is_tried_again_with_a_reason(hub: RunningHub, browser: Browser) -> None:
    async with hub.services() as services, tab(browser, hub.url) as page:
        await staff_signed_in(page.context, services)
        owner = await new_owner(services, f"own-{time.time_ns()}@bakery.example")
        order_id, tenant_id = await paid_order(services, owner)
        async with services.database.write() as session:
            (await session.get_one(Tenant, tenant_id)).status = TenantStatus.FAILED
            (await session.get_one(Order, order_id)).status = OrderStatus.FAILED
        await page.goto(f"/admin/runs/{order_id}")
        await page.get_by_role("button", name="Cancel the order").click()
        await page.locator("#reason-cancel").fill("The customer asked for it.")
        await page.get_by_role("dialog").get_by_role("button", name="Cancel the order").click()
        await expect(page.get_by_text("Done.")).to_be_visible()
        [act] = (await services.activity.list(owner, limit=2)).items[1:]
        assert act.action == "provisioning.cancelled"


async def test_support_looks_in_and_the_owner_sees_it(hub: RunningHub, browser: Browser) -> None:
    email = f"own-{time.time_ns()}@bakery.example"
    async with hub.services() as services, tab(browser, hub.url) as page:
        owner = await new_owner(services, email)
        await sign_in(page.context, services, email)
        await page.goto("/portal/settings")
        section = page.get_by_role("region", name="Let support look in")
        await section.get_by_role("button", name="Let support look in").click()
        await expect(section.get_by_text("Support may look in.")).to_be_visible()
        async with tab(browser, hub.url) as desk:
            await staff_signed_in(desk.context, services)
            await desk.goto(f"/admin/customers/{owner.customer_id}")
            await desk.get_by_role("textbox", name="Why").fill("The owner asked for help with the server.")
            await desk.get_by_role("button", name="Look into the account").click()
            await desk.wait_for_url("**/portal")
            await expect(desk.get_by_text("You look into this account as support.")).to_be_visible()
            await desk.goto("/portal/approvals")
            await expect(desk.get_by_text("This is not for support")).to_be_visible()
            await desk.get_by_role("button", name="Leave").click()
            await desk.wait_for_url("**/admin")
            await desk.goto("/portal")
            await desk.wait_for_url("**/sign-in*")
        await page.goto("/portal/activity")
        log = page.get_by_role("list", name="Activity")
        await expect(log).to_contain_text("began to look into the account")
        await expect(log).to_contain_text("The owner asked for help with the server.")
        await expect(log).to_contain_text("looked at /portal")
        assert await findings_in_every_look(page) == []

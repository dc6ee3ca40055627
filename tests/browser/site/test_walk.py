"""From the first visit to a server that is being set up, on a phone, with what goes wrong on the way."""

import re
import time

import pytest
from playwright.async_api import Browser, Page, expect
from sqlmodel import col, select

from letsbe_app.db.models import Tenant
from tests.support.browser import tab
from tests.support.hub import PASSWORD
from tests.support.portal import give_back
from tests.support.running_hub import RunningHub

pytestmark = pytest.mark.browser

BUSINESS = "We bake bread and cakes and sell them in our two shops. Customers book tables for breakfast."


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def at_step(page: Page, step: str, heading: str) -> None:
    await page.wait_for_url(f"**step={step}**")
    await expect(page.get_by_role("heading", name=heading)).to_be_visible()


async def fits(page: Page) -> None:
    """Nothing is wider than the phone."""
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def sign_up(page: Page, email: str) -> None:
    await page.goto("/sign-up")
    await press(page, "Make my account")
    await expect(page.get_by_label("Name of your business")).to_be_focused()
    await expect(page.get_by_label("Name of your business")).to_have_attribute("aria-invalid", "true")
    await page.get_by_label("Name of your business").fill("Corner Bakery")
    await page.get_by_label("E-mail").fill("not an address")
    await page.get_by_label("Password").fill("short")
    await press(page, "Make my account")
    await expect(page.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("Name of your business")).to_have_value("Corner Bakery")
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await press(page, "Make my account")
    await page.wait_for_url("**/start?step=business")


async def choose(page: Page) -> None:
    await press(page, "Suggest my tools")
    await expect(page.get_by_text("Write a sentence or two first")).to_be_visible()
    await page.get_by_label("In your own words").fill(BUSINESS)
    await press(page, "Suggest my tools")
    await expect(page.get_by_text("% sure")).to_be_visible()
    await fits(page)
    await press(page, "Continue")
    await at_step(page, "tools", "Which tools do you want?")
    await expect(page.get_by_role("checkbox", checked=True)).not_to_have_count(0)
    await fits(page)
    await page.go_back()
    await expect(page.get_by_label("In your own words")).to_have_value(BUSINESS)
    await page.go_forward()
    await at_step(page, "tools", "Which tools do you want?")
    await press(page, "Continue")
    await at_step(page, "plan", "Which size?")
    await expect(page.get_by_role("radio", checked=True)).to_have_count(1)
    await fits(page)
    await press(page, "Continue")


async def name_it(page: Page) -> None:
    await at_step(page, "name", "What shall your server be called?")
    name = page.get_by_label("Name of your server")
    await expect(name).to_have_value("corner-bakery")
    await name.fill("")
    await press(page, "Continue")
    await expect(name).to_be_focused()
    await name.fill("Bäckerei an der Ecke!")
    await press(page, "Continue")
    await expect(page.get_by_text("letters, digits and hyphens, like")).to_be_visible()
    await expect(name).to_have_value("Bäckerei an der Ecke!")
    await fits(page)
    await name.fill("the-corner")
    await press(page, "Continue")
    await at_step(page, "check", "Is everything right?")


async def leave_and_come_back(page: Page) -> None:
    await press(page, "Save and finish later")
    await page.wait_for_url("**/portal")
    await expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    await page.get_by_role("link", name="Build your server").click()
    await expect(page.get_by_role("heading", name="Is everything right?")).to_be_visible()
    await expect(page.get_by_text("the-corner")).to_be_visible()
    await fits(page)


async def test_a_phone_walks_from_sign_up_to_the_status_page(hub: RunningHub, browser: Browser) -> None:
    async with hub.services() as services, tab(browser, hub.url, phone=True) as page:
        await sign_up(page, f"walker-{time.time_ns()}@bakery.example")
        await choose(page)
        await name_it(page)
        await leave_and_come_back(page)
        await press(page, "Order with payment")
        await page.wait_for_url("**/start/payment/ord_*")
        await expect(page.get_by_text("No money moves")).to_be_visible()
        await fits(page)
        await press(page, "Pay in practice")
        await page.wait_for_url("**/portal/provisioning/ord_*")
        await expect(page.get_by_role("listitem")).to_have_count(10)
        await expect(page.get_by_text(re.compile("seconds more"))).to_be_visible()
        await fits(page)
        async with services.database.read() as session:
            order_id = page.url.rstrip("/").rpartition("/")[2]
            tenant = (await session.exec(select(Tenant).where(col(Tenant.order_id) == order_id))).one()
        assert tenant.name == "the-corner"
        await give_back(services, tenant.id)


async def test_what_a_stranger_has_calculated_comes_along(hub: RunningHub, browser: Browser) -> None:
    async with tab(browser, hub.url, phone=True) as page:
        await page.goto("/calculator")
        await press(page, "Online shop")
        await expect(page.get_by_role("checkbox", name="Odoo")).to_be_checked()
        await press(page, "Build this server")
        await page.wait_for_url("**/sign-up?next=*")
        # Whoever has an account after all goes there and back with it.
        await page.get_by_role("main").get_by_role("link", name="Sign in").click()
        await page.wait_for_url("**/sign-in?next=*")
        await page.get_by_role("link", name="Make an account").click()
        await page.wait_for_url("**/sign-up?next=*")
        await page.get_by_label("Name of your business").fill("Corner Bakery")
        await page.get_by_label("E-mail").fill(f"counted-{time.time_ns()}@bakery.example")
        await page.get_by_label("Password").fill(PASSWORD)
        await press(page, "Make my account")
        await at_step(page, "tools", "Which tools do you want?")
        await expect(page.get_by_role("checkbox", name="Odoo")).to_be_checked()
        # On a phone the way on is in sight, and not below two dozen tools.
        await expect(page.get_by_role("button", name="Continue", exact=True)).to_be_in_viewport()


async def test_the_footer_leads_to_what_has_to_be_published(hub: RunningHub, browser: Browser) -> None:
    async with tab(browser, hub.url) as page:
        await page.goto("/")
        for name in ("Who we are", "Privacy", "Terms"):
            await expect(page.get_by_role("contentinfo").get_by_role("link", name=name)).to_be_visible()
        async with page.expect_popup() as opened:
            await page.get_by_role("contentinfo").get_by_role("link", name="Privacy").click()
        notice = await opened.value
        await expect(notice.get_by_role("heading", name="Not published yet")).to_be_visible()


async def test_an_address_that_is_taken_is_said_and_nothing_typed_is_lost(
    hub: RunningHub, browser: Browser
) -> None:
    email = f"twice-{time.time_ns()}@bakery.example"
    async with tab(browser, hub.url, phone=True) as page:
        await sign_up(page, email)
    async with tab(browser, hub.url, phone=True) as page:
        await page.goto("/sign-up")
        await page.get_by_label("Name of your business").fill("Corner Bakery")
        await page.get_by_label("E-mail").fill(email)
        await page.get_by_label("Password").fill(PASSWORD)
        await press(page, "Make my account")
        await expect(page.get_by_role("alert").filter(has_text=re.compile(r"\w"))).to_be_visible()
        await expect(page.get_by_label("E-mail")).to_have_value(email)


@pytest.mark.parametrize("path", ["/", "/calculator", "/sign-up", "/sign-in", "/nothing-here"])
async def test_public_pages_fit_a_phone(hub: RunningHub, browser: Browser, path: str) -> None:
    async with tab(browser, hub.url, phone=True) as page:
        await page.goto(path)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await fits(page)


async def test_the_keyboards_first_stop_goes_past_the_header(hub: RunningHub, browser: Browser) -> None:
    async with tab(browser, hub.url) as page:
        await page.goto("/calculator?from=letter")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("main")).to_be_focused()
        assert page.url.endswith("/calculator?from=letter")

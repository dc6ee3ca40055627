"""Every page works under its Content Security Policy: a browser reports nothing that was held back."""

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext

from letsbe_app.ui import routes
from tests.support.browser import PATIENCE_MS, sign_in, tab
from tests.support.hub import new_owner
from tests.support.running_hub import RunningHub

pytestmark = pytest.mark.browser

PUBLIC = [
    routes.FORGOT_PASSWORD,
    routes.JOIN,
    routes.LANDING,
    routes.CALCULATOR,
    routes.SIGN_UP,
    routes.SIGN_IN,
    "/no-such-page",
]
SIGNED_IN = [routes.HOME, routes.CHAT, routes.APPROVALS, routes.AGENTS, routes.SETTINGS, routes.ONBOARDING]
LISTEN = """
window.heldBack = [];
document.addEventListener("securitypolicyviolation", event =>
    window.heldBack.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def context(hub: RunningHub, browser: Browser) -> AsyncIterator[BrowserContext]:
    """A signed-in browser whose pages note what is held back."""
    email = f"policy-{time.time_ns()}@bakery.example"
    made = await browser.new_context(base_url=hub.url)
    made.set_default_timeout(PATIENCE_MS)
    await made.add_init_script(LISTEN)
    async with hub.services() as services:
        await new_owner(services, email)
        await sign_in(made, services, email)
    yield made
    await made.close()


@pytest.mark.parametrize("path", [*PUBLIC, *SIGNED_IN])
async def test_nothing_of_a_page_is_held_back(context: BrowserContext, path: str) -> None:
    page = await context.new_page()
    response = await page.goto(path)
    await page.wait_for_selector("main")
    await page.wait_for_load_state("networkidle")

    assert await page.evaluate("window.heldBack") == []
    # Once more, from the browser's cache: what a 304 says takes the place of what was kept.
    await page.reload()
    await page.wait_for_selector("main")
    await page.wait_for_load_state("networkidle")
    assert response is not None
    assert "'unsafe-inline'" not in policy_for_scripts(response.headers["content-security-policy"])
    assert await page.evaluate("window.heldBack") == []
    await page.close()


async def test_nothing_is_evaluated(context: BrowserContext) -> None:
    page = await context.new_page()
    await page.goto(routes.HOME)
    await page.wait_for_selector("main h1")
    # Later, since the browser lets `evaluate` itself do anything on behalf of the test.
    await page.evaluate(
        "() => setTimeout(() => { try { eval('window.evaluated = 1') } finally { window.tried = 1 } })"
    )
    await page.wait_for_function("() => window.tried")

    assert await page.evaluate("window.evaluated") is None
    assert [one.split()[:2] for one in await page.evaluate("window.heldBack")] == [["script-src", "eval"]]
    await page.close()


async def test_who_is_not_signed_in_is_led_there_by_the_hub(browser: Browser, hub: RunningHub) -> None:
    async with tab(browser, hub.url) as page:
        await page.goto(routes.SETTINGS)

        await page.wait_for_url("**/sign-in?next=%2Fportal%2Fsettings")


async def test_a_script_from_elsewhere_does_not_run(context: BrowserContext) -> None:
    page = await context.new_page()
    await page.goto(routes.LANDING)
    await page.evaluate(
        "() => { const script = document.createElement('script'); script.textContent = 'window.stolen = 1';"
        " document.body.append(script); }"
    )

    assert await page.evaluate("window.stolen") is None
    assert "script-src-elem inline" in (await page.evaluate("window.heldBack"))[0]


def policy_for_scripts(policy: str) -> str:
    return next(part for part in policy.split("; ") if part.startswith("script-src"))

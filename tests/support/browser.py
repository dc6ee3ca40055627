"""A real Chromium, without anything of its own on the network."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    WebSocketRoute,
    async_playwright,
    expect,
)

from letsbe_app.api.csrf import CSRF_COOKIE
from letsbe_app.api.principals import SESSION_COOKIE
from letsbe_app.composition import Services
from tests.support.hub import PASSWORD

PATIENCE_MS: Final = 30_000
"""A page on a busy machine may take so long to show what is due."""
expect.set_options(timeout=PATIENCE_MS)
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
DESKTOP: Final[ViewportSize] = {"width": 1440, "height": 900}


def chromium_path() -> str:
    """Where the system's Chromium is; fails with what to do when there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    raise AssertionError("The browser tests need Chromium: apt-get install chromium")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser for the length of the block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def tab(
    browser: Browser, url: str, *, phone: bool = False, dark: bool = False, zone: str | None = None
) -> AsyncIterator[Page]:
    """A tab in a profile of its own; its end fails the test when the page threw an error."""
    context = await browser.new_context(
        base_url=url,
        viewport=PHONE if phone else DESKTOP,
        color_scheme="dark" if dark else "light",
        locale="en-GB",
        timezone_id=zone,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        yield page
        assert errors == []
    finally:
        await context.close()


async def sign_in(context: BrowserContext, services: Services, email: str) -> None:
    """
    Give the browser the cookies of a fresh session, as the form does.

    Through the service and not through the route: all tests come from one address, which has few tries.
    """
    signed_in = await services.accounts.sign_in(email, PASSWORD)
    values = {
        SESSION_COOKIE: signed_in.session_token,
        CSRF_COOKIE: services.csrf.token(signed_in.actor.session_id),
    }
    url = services.settings.public_url
    await context.add_cookies([{"name": name, "value": value, "url": url} for name, value in values.items()])


class HeldEvents:
    """What Reflex's server says to the page, held back on demand: a network as slow as wanted."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], None]] | None = None
        self._unwanted: list[str] = []
        self.has_lost = asyncio.Event()

    def lose(self, mark: str, count: int) -> None:
        """So many messages in which this stands never arrive; ``has_lost`` tells when they were lost."""
        self._unwanted = [mark] * count

    def hold(self) -> None:
        """From now on nothing arrives."""
        self._waiting = []

    def release(self) -> None:
        """Deliver what waited, in order, and everything that comes."""
        waiting, self._waiting = self._waiting or [], None
        for deliver in waiting:
            deliver()

    def _watch(self, tab_side: WebSocketRoute) -> None:
        server_side = tab_side.connect_to_server()

        def arrived(message: str | bytes) -> None:
            if self._unwanted and self._unwanted[-1] in str(message):
                self._unwanted.pop()
                if not self._unwanted:
                    self.has_lost.set()
            elif self._waiting is None:
                tab_side.send(message)
            else:
                self._waiting.append(lambda: tab_side.send(message))

        server_side.on_message(arrived)


@asynccontextmanager
async def held_events(page: Page) -> AsyncIterator[HeldEvents]:
    """Stand between the page and Reflex's events; to be entered before the page is opened."""
    events = HeldEvents()
    await page.route_web_socket(re.compile("/_event"), events._watch)
    yield events
    events.release()

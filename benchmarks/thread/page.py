"""A customer's tab under measurement: when events reach its DOM, and what its websockets carry."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import urlsplit

from playwright.async_api import Page, ViewportSize, async_playwright, expect

from tests.support.browser import FLAGS, chromium_path

STREAM: Final = "/api/v1/customer/stream"
REFLEX: Final = "/_event"
ANSWER_SECONDS: Final = 120
_LOAD_EARLIER: Final = "Show earlier messages"

# Marks carry the time since the page began; its clock is compared with the system's.
_READ_MARKS: Final = """() => ({
  clock_offset_ms: Date.now() - (performance.timeOrigin + performance.now()),
  marks: performance.getEntriesByName("letsbe:event").map((mark) => ({
    at: (performance.timeOrigin + mark.startTime) / 1000, ...mark.detail })),
})"""
_HAS_ANSWERS: Final = """(count) => document.querySelectorAll(
  "article[data-status='completed']:not([aria-label='You'])").length > count"""


@dataclass
class Wire:
    """What the page received: bytes and frames of its websockets by path, and bytes of its REST calls."""

    websocket_bytes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    websocket_frames: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    rest_bytes: int = 0

    def add(self, other: "Wire") -> None:
        """Count another measurement to this one."""
        self.rest_bytes += other.rest_bytes
        for path, count in other.websocket_bytes.items():
            self.websocket_bytes[path] += count
        for path, count in other.websocket_frames.items():
            self.websocket_frames[path] += count


@dataclass(frozen=True)
class Seen:
    """One answer as the page got it: (time, event id) of each drawing, and the wire meanwhile."""

    marks: list[tuple[float, str]]
    clock_offset_ms: float
    wire: Wire


class Tab:
    """One signed-in tab."""

    def __init__(self, page: Page, url: str) -> None:
        self._page = page
        self._url = url
        self._paths: dict[str, str] = {}
        self._wire = Wire()

    async def listen(self) -> Self:
        """Begin to count; websockets that are open already are not seen."""
        devtools = await self._page.context.new_cdp_session(self._page)
        devtools.on("Network.webSocketCreated", lambda told: self._name(told["requestId"], told["url"]))
        devtools.on(
            "Network.requestWillBeSent", lambda told: self._name(told["requestId"], told["request"]["url"])
        )
        devtools.on("Network.webSocketFrameReceived", self._count_frame)
        devtools.on("Network.loadingFinished", self._count_answer)
        await devtools.send("Network.enable")
        return self

    async def open(self, conversation_id: str, earlier: int) -> int:
        """Show a conversation with all its earlier messages; returns how many are shown."""
        await self._page.goto(f"{self._url}/portal/chat/{conversation_id}")
        await expect(self._page.locator("[data-phase='open']")).to_be_visible()
        messages = self._page.locator("article[data-message]")
        button = self._page.get_by_role("button", name=_LOAD_EARLIER)
        await expect(messages.nth(min(earlier, 10) - 1)).to_be_visible()
        while (shown := await messages.count()) < earlier:
            await button.click()
            await expect(messages.nth(shown)).to_be_attached()
        await expect(self._page.get_by_label("Your message")).to_be_editable()
        return shown

    async def ask(self, text: str) -> Seen:
        """Write and send, and wait for the whole answer."""
        answers = await self._page.locator("article[data-status='completed']:not([aria-label='You'])").count()
        await self._page.evaluate("performance.clearMarks('letsbe:event')")
        self._wire = wire = Wire()
        box = self._page.get_by_label("Your message")
        await box.fill(text)
        await box.press("Enter")
        await self._page.wait_for_function(
            _HAS_ANSWERS, arg=answers, polling=500, timeout=ANSWER_SECONDS * 1_000
        )
        read: dict[str, Any] = await self._page.evaluate(_READ_MARKS)
        marks = [(mark["at"], mark["event"]) for mark in read["marks"]]
        return Seen(marks, read["clock_offset_ms"], wire)

    def _name(self, request_id: str, url: str) -> None:
        self._paths[request_id] = urlsplit(url).path.rstrip("/")

    def _count_frame(self, told: dict[str, Any]) -> None:
        path = self._paths.get(told["requestId"], "")
        self._wire.websocket_bytes[path] += len(told["response"]["payloadData"].encode())
        self._wire.websocket_frames[path] += 1

    def _count_answer(self, told: dict[str, Any]) -> None:
        if self._paths.get(told["requestId"], "").startswith("/api/"):
            self._wire.rest_bytes += int(told["encodedDataLength"])


@asynccontextmanager
async def signed_in_tab(url: str, email: str, password: str) -> AsyncIterator[Tab]:
    """A real browser with one tab whose page marks when events reach its DOM."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        try:
            context = await browser.new_context(viewport=ViewportSize(width=1440, height=900))
            context.set_default_timeout(30_000)
            await context.add_init_script("window.letsbeMarksTokens = true")
            answer = await context.request.post(
                f"{url}/api/v1/public/sign-in",
                data={"email": email, "password": password},
                headers={"Origin": url},
            )
            if not answer.ok:
                raise RuntimeError(f"signing in was refused: {answer.status}")
            yield await Tab(await context.new_page(), url).listen()
        finally:
            await browser.close()

"""A shop owner in a real browser: does what a person does, sees what a person sees."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.support.browser import PATIENCE_MS

CHROMIUM: Final = "/usr/bin/chromium"
FLAGS: Final = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=PATIENCE_MS)
PASSWORD: Final = "rye and salt since 1904"


class Owner:
    """One person with one tab."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.console: list[str] = []
        page.on("console", lambda message: self.console.append(message.text))

    def sign_up(self, business: str = "Corner Bakery") -> str:
        """Make an account; returns its e-mail address. Ends at the wizard's first step."""
        email = f"owner-{time.time_ns()}@bakery.example"
        self.page.goto(f"{self.url}/sign-up")
        self.page.get_by_label("Name of your business").fill(business)
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Make my account").click()
        self.page.wait_for_url("**/start**")
        return email

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        """Sign in and arrive at the portal."""
        self.page.goto(f"{self.url}/sign-in")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url("**/portal**")

    def choose_and_pay(self, description: str) -> None:
        """Walk the wizard with the suggested bundle and pay in practice. Ends at the status page."""
        self.page.get_by_label("In your own words").fill(description)
        self.page.get_by_role("button", name="Suggest my tools").click()
        self.page.get_by_role("button", name="Continue").click()
        for step in ("tools", "plan", "name"):
            self.page.wait_for_url(f"**step={step}**")
            self.page.get_by_role("button", name="Continue").click()
        self.page.wait_for_url("**step=check**")
        self.page.get_by_role("button", name="Order with payment").click()
        self.page.wait_for_url("**/payment/**")
        self.page.get_by_role("button", name="Pay in practice").click()
        self.page.wait_for_url("**/portal/provisioning/**")

    def open_chat(self, agent_id: str) -> None:
        """Open a new conversation with a colleague."""
        self.page.goto(f"{self.url}/portal/chat?agent={agent_id}")
        expect(self.page.get_by_label("Your message")).to_be_editable(timeout=20_000)

    def say(self, text: str) -> None:
        """Write and send."""
        self.page.get_by_label("Your message").fill(text)
        self.page.get_by_label("Your message").press("Enter")
        expect(self.page.get_by_label("Your message")).to_have_value("")

    def answers(self) -> Locator:
        """All answers of the agent in the open conversation."""
        return self.page.locator("article[data-message][data-status]:not([aria-label='You'])")

    def wait_for_answer(self, number: int = 1, *, status: str = "completed", seconds: float = 60) -> Locator:
        """The answer with this place in the conversation, from 1, once it has this status."""
        answer = self.answers().nth(number - 1)
        expect(answer).to_have_attribute("data-status", status, timeout=seconds * 1000)
        return answer

    def settled_answers(self) -> list[str]:
        """The text of all answers, once the newest offers to be asked again: nothing more is to come."""
        expect(self.answers().last.get_by_role("button", name="Answer again")).to_be_visible(timeout=20_000)
        return self.answers().all_inner_texts()

    def approval(self, *, seconds: float = 60) -> Locator:
        """The approval card that waits in the open page."""
        card = self.page.locator("article[data-approval]").filter(has=self.page.get_by_role("button"))
        expect(card.first).to_be_visible(timeout=seconds * 1000)
        return card.first

    def approve(self) -> None:
        """Say yes to the card that is shown."""
        self.approval().get_by_role("button", name=re.compile("^Approve")).click()

    def refuse(self, reason: str) -> None:
        """Say no to the card that is shown, and why."""
        self.approval().get_by_role("button", name="Refuse").click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_label("Tell the agent why").fill(reason)
        dialog.get_by_role("button", name="Refuse").click()


@contextmanager
def browser_owner(
    url: str, *, width: int = 1440, height: int = 900, trace: Path | None = None
) -> Iterator[Owner]:
    """An owner in a fresh browser; on failure ``trace`` gets a picture of what was seen last."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(viewport={"width": width, "height": height}).new_page()
        page.set_default_timeout(20_000)
        try:
            yield Owner(page, url)
        except BaseException:
            if trace is not None:
                page.screenshot(path=trace / "last-seen.png", full_page=True)
            raise
        finally:
            browser.close()

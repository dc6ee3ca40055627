"""
Secrets in a real browser, with a real vault behind the link.

The hub must never hold a value: its database, Redis and log are searched at the end.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest
import redis
from playwright.async_api import Browser, Page, expect

from letsbe_app.db.models import Tenant
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.chat import ToolFinished, ToolStarted
from tenant_daemon.contracts.envelope import Acknowledged, parse_hub_frame
from tenant_daemon.contracts.secrets import (
    CanarySeen,
    RevealAsked,
    SecretAnswered,
    SecretChangeAsked,
    SecretProvided,
)
from tenant_daemon.execution.outcome import CallScope
from tenant_daemon.execution.references import resolve_references
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.enrolment import sealing_public_key
from tenant_daemon.hub_client.secrets import SecretDesk, SecretRequest
from tenant_daemon.policy.actions import WriteFile
from tenant_daemon.vault import Vault
from tests.support.axe import grave_findings
from tests.support.hub import PASSWORD, database_text
from tests.support.live_hub import ScriptedRun
from tests.support.portal import Stage, portal_stage
from tests.support.running_hub import RunningHub

pytestmark = pytest.mark.browser

VALUE = "Rye+Salt/quartz-Lamp-42"


@dataclass
class Scene:
    """A portal whose server has a real vault."""

    stage: Stage
    desk: SecretDesk

    @property
    def page(self) -> Page:
        return self.stage.page

    async def tell_list(self) -> None:
        """As the link does whenever the vault has changed."""
        await self.stage.daemon.send(self.desk.listing(), f"out_list_{self.desk.vault.version()}")

    async def serve(self) -> None:
        """Answer what the portal asks, as the link does."""
        async for frame in self.stage.daemon.connection:
            envelope = parse_hub_frame(frame)
            payload = envelope.payload
            if isinstance(payload, SecretProvided | SecretChangeAsked | RevealAsked):
                answer = await asyncio.to_thread(self.desk.answer, payload)
                await self.stage.daemon.send(Acknowledged(ids=[envelope.id]))
                await self.stage.daemon.send(answer, f"out_{answer.request_id}")
                await self.tell_list()


@asynccontextmanager
async def scene(hub: RunningHub, browser: Browser, folder: Path, **tab_options: bool) -> AsyncIterator[Scene]:
    home = TenantHome(folder / "home")
    async with portal_stage(hub, browser, **tab_options) as stage:
        vault = Vault.open(home)
        async with stage.services.database.write() as session:
            tenant = await session.get_one(Tenant, stage.customer.tenant_id)
            tenant.sealing_public_key = sealing_public_key(home)
        made = Scene(stage, SecretDesk(home, vault, stage.customer.tenant_id))
        await made.tell_list()
        serving = asyncio.create_task(made.serve())
        try:
            yield made
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            vault.close()


async def add(page: Page, name: str, value: str) -> None:
    await page.get_by_role("button", name="Add a secret").click()
    dialog = page.get_by_role("dialog", name="Add a secret")
    await dialog.get_by_label("Name").fill(name)
    await dialog.get_by_label("Value").fill(value)
    await dialog.get_by_label("What it is for").fill("the newsletter")
    await dialog.get_by_role("button", name="Lock and send").click()
    await expect(dialog).to_be_hidden()


async def test_secret_goes_to_the_server_and_is_shown_once(
    hub: RunningHub, browser: Browser, tmp_path: Path
) -> None:
    async with scene(hub, browser, tmp_path) as made:
        page, vault = made.page, made.desk.vault
        await page.goto("/portal/secrets")
        await expect(page.get_by_text("No secrets yet")).to_be_visible()
        await add(page, "newsletter-password", VALUE)
        row = page.locator("[data-secret=newsletter-password]")
        await expect(row).to_contain_text("by you")

        # The agent gets it inside its tool call …
        scope = CallScope("it-admin", "agent:it-admin:c-1", "cnv_1", "call_1")
        action = WriteFile(tmp_path / "login.txt", "password SECRET_REF(newsletter-password)")
        assert resolve_references(action, vault, scope).content == f"password {VALUE}"
        await made.tell_list()
        await expect(row).to_contain_text("Last used")

        # … and the owner sees it, once, with the password.
        await row.get_by_role("button", name="Show once").click()
        dialog = page.get_by_role("dialog", name="Show this secret once")
        await dialog.get_by_label("Your password").fill("not this one")
        await dialog.get_by_role("button", name="Show it").click()
        await expect(dialog.get_by_text("This is not your password.")).to_be_visible()
        await dialog.get_by_label("Your password").fill(PASSWORD)
        await dialog.get_by_role("button", name="Show it").click()
        await expect(dialog.get_by_label("Value")).to_have_text(VALUE)
        await expect(dialog.get_by_role("timer")).to_contain_text("Gone in")
        assert await grave_findings(page) == []
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
        assert VALUE not in await page.content()
        await assert_hub_knows_nothing(made, VALUE)


async def assert_hub_knows_nothing(made: Scene, value: str) -> None:
    """Database, Redis and log of the hub."""
    hub = made.stage.hub
    client = redis.Redis.from_url(hub.redis_url)
    keys = client.keys("*")
    assert not [key for key in keys if b"box" in key], "a sealed value is still there"
    held = b"".join(client.dump(key) or b"" for key in keys)
    client.close()
    logs = b"".join(path.read_bytes() for path in hub.data_dir.parent.rglob("*.log") if path.is_file())
    raw = b"".join(path.read_bytes() for path in hub.data_dir.glob("hub.db*"))
    text = (await database_text(made.stage.services)).encode()
    assert logs
    for part in (value.encode(), value[4:16].encode()):
        assert part not in held + logs + raw + text


async def test_secret_is_replaced_rotated_and_deleted(
    hub: RunningHub, browser: Browser, tmp_path: Path
) -> None:
    async with scene(hub, browser, tmp_path) as made:
        page, vault = made.page, made.desk.vault
        vault.put("shop-key", "an-Older-Value-1", actor="shell:root")
        await made.tell_list()
        await page.goto("/portal/secrets")
        row = page.locator("[data-secret=shop-key]")
        await expect(row).to_contain_text("someone at your server’s command line")

        await row.get_by_role("button", name="Replace").click()
        dialog = page.get_by_role("dialog", name="Replace the value")
        await dialog.get_by_label("Value").fill("short")
        await dialog.get_by_role("button", name="Lock and send").click()
        await expect(dialog.get_by_text("Use at least 6 characters")).to_be_visible()
        await dialog.get_by_label("Value").fill("password")
        await dialog.get_by_role("button", name="Lock and send").click()
        await expect(dialog.get_by_text("An ordinary word")).to_be_visible()
        await dialog.get_by_label("Value").fill(VALUE)
        await dialog.get_by_role("button", name="Lock and send").click()
        await expect(page.get_by_text("The new value is on your server.")).to_be_visible()
        assert vault.get("shop-key", actor="user:t", purpose="a test") == VALUE

        await row.get_by_role("button", name="New random value").click()
        await page.get_by_role("button", name="Make a new value").click()
        await expect(page.get_by_text("It has a new value.")).to_be_visible()
        assert vault.get("shop-key", actor="user:t", purpose="a test") != VALUE

        await row.get_by_role("button", name="Delete").click()
        await page.get_by_role("button", name="Hold to delete").focus()
        await page.keyboard.down("Enter")
        await expect(page.get_by_text("It is erased.")).to_be_visible()
        await page.keyboard.up("Enter")
        await expect(row).to_be_hidden()
        assert not vault.has("shop-key")


async def test_refused_secret_keeps_what_was_typed(hub: RunningHub, browser: Browser, tmp_path: Path) -> None:
    async with scene(hub, browser, tmp_path, phone=True) as made:
        page, vault = made.page, made.desk.vault
        vault.put("shop-key", "an-Older-Value-1", actor="user:t")
        await made.tell_list()
        await page.goto("/portal/secrets")
        await page.get_by_role("button", name="Add a secret").click()
        dialog = page.get_by_role("dialog", name="Add a secret")
        await dialog.get_by_label("Name").fill("shop-key")
        # As it is copied out of a terminal or a table.
        await dialog.get_by_label("Value").fill(f"{VALUE}\n")
        await dialog.get_by_label("What it is for").fill("the shop")
        await dialog.get_by_role("button", name="Lock and send").click()
        await expect(dialog.get_by_role("alert")).to_contain_text("There is a secret of this name already.")
        await expect(dialog.get_by_label("Value")).to_have_value(f"{VALUE}\n")
        await expect(dialog.get_by_label("What it is for")).to_have_value("the shop")

        await dialog.get_by_label("Name").fill("second-shop-key")
        await dialog.get_by_role("button", name="Lock and send").click()
        await expect(dialog).to_be_hidden()
        assert vault.get("second-shop-key", actor="user:t", purpose="a test") == VALUE


async def test_nothing_that_would_tell_the_value_is_sent_beside_it(
    hub: RunningHub, browser: Browser, tmp_path: Path
) -> None:
    async with scene(hub, browser, tmp_path) as made:
        page, sent = made.page, []
        page.on("request", lambda request: sent.append(request.post_data or ""))
        await page.goto("/portal/secrets")
        await page.get_by_role("button", name="Add a secret").click()
        dialog = page.get_by_role("dialog", name="Add a secret")
        await dialog.get_by_label("Name").fill("shop-key")
        await dialog.get_by_label("Value").fill(VALUE)
        await dialog.get_by_label("What it is for").fill(f"office / {VALUE}")
        await dialog.get_by_role("button", name="Lock and send").click()
        await expect(dialog.get_by_text("This tells the value")).to_be_visible()
        await dialog.get_by_label("Name").fill("rye-salt-quartz-lamp-42")
        await dialog.get_by_role("button", name="Lock and send").click()
        await expect(dialog.get_by_text("This name tells the value")).to_be_visible()
        assert not [body for body in sent if "quartz" in body]

        await dialog.get_by_label("Name").fill("shop-key")
        await dialog.get_by_label("What it is for").fill("the shop")
        await dialog.get_by_role("button", name="Lock and send").click()
        await expect(dialog).to_be_hidden()
        assert made.desk.vault.get("shop-key", actor="user:t", purpose="a test") == VALUE


async def test_secret_that_an_agent_asked_for_is_added_from_the_chat(
    hub: RunningHub, browser: Browser, tmp_path: Path
) -> None:
    async with scene(hub, browser, tmp_path) as made:
        page = made.page
        conversation_id = await made.stage.conversation()
        run = ScriptedRun(conversation_id)
        reason = "Nobody has put it into the vault, so nothing can use SECRET_REF(mail-key)."
        for event in (
            run.started("it-admin"),
            run.add(ToolStarted(tool_call_id="call_1", tool_name="secret_request", summary="Ask for it")),
            run.add(ToolFinished(tool_call_id="call_1", status="failed", reason=reason)),
            run.delta("I need it."),
            run.finished(),
        ):
            await made.stage.daemon.send(event)
        await page.goto(f"/portal/chat/{conversation_id}")
        await page.get_by_role("link", name="Add mail-key under Secrets").click()
        dialog = page.get_by_role("dialog", name="Add a secret")
        await expect(dialog.get_by_label("Name")).to_have_value("mail-key")
        await dialog.get_by_label("Value").fill(VALUE)
        await dialog.get_by_role("button", name="Lock and send").click()

        await page.wait_for_url(f"**/portal/chat/{conversation_id}")
        assert made.desk.vault.get("mail-key", actor="user:t", purpose="a test") == VALUE


async def test_dialog_with_something_typed_is_not_closed_by_a_tap_beside_it(
    hub: RunningHub, browser: Browser, tmp_path: Path
) -> None:
    async with scene(hub, browser, tmp_path) as made:
        page = made.page
        await page.goto("/portal/secrets")
        dialog = page.get_by_role("dialog", name="Add a secret")
        await page.get_by_role("button", name="Add a secret").click()
        await expect(dialog).to_be_visible()
        await page.mouse.click(5, 300)
        await expect(dialog).to_be_hidden()

        await page.get_by_role("button", name="Add a secret").click()
        name = dialog.get_by_label("Name")
        box = await name.bounding_box()
        assert box
        # Text selected with the mouse, and the button let go beside the dialog.
        await page.mouse.move(box["x"] + 50, box["y"] + 10)
        await page.mouse.down()
        await page.mouse.move(5, box["y"] + 10, steps=4)
        await page.mouse.up()
        await name.fill("shop-key")
        await page.mouse.click(5, 300)
        await dialog.get_by_label("Value").fill(VALUE)
        await expect(name).to_have_value("shop-key")
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()


async def test_outcome_is_told_when_the_form_is_closed_before_it(
    hub: RunningHub, browser: Browser, tmp_path: Path
) -> None:
    async with scene(hub, browser, tmp_path) as made:
        page, answer, may_answer = made.page, made.desk.answer, Event()

        def answer_late(request: SecretRequest) -> SecretAnswered:
            may_answer.wait(30)
            return answer(request)

        made.desk.answer = answer_late  # type: ignore[method-assign]
        await page.goto("/portal/secrets")
        await page.get_by_role("button", name="Add a secret").click()
        dialog = page.get_by_role("dialog", name="Add a secret")
        await dialog.get_by_label("Name").fill("shop-key")
        await dialog.get_by_label("Value").fill("password")
        await dialog.get_by_role("button", name="Lock and send").click()
        await expect(dialog.get_by_role("button", name="Waiting for your server")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_text("On its way to your server.")).to_be_visible()
        may_answer.set()
        await expect(page.get_by_text("An ordinary word")).to_be_visible()


async def test_trap_is_set_and_its_alarm_is_seen(hub: RunningHub, browser: Browser, tmp_path: Path) -> None:
    async with scene(hub, browser, tmp_path) as made:
        page = made.page
        await page.goto("/portal/secrets")
        await page.get_by_role("button", name="Plant a trap").click()
        dialog = page.get_by_role("dialog", name="Plant a trap")
        await dialog.get_by_label("Name").fill("old-bank-login")
        await dialog.get_by_role("button", name="Plant it").click()
        await expect(page.get_by_text("The trap is set.")).to_be_visible()
        assert made.desk.vault.canaries() == {"old-bank-login"}

        alarm_id = f"cny_{made.stage.customer.tenant_id[-20:]}"
        seen = CanarySeen(alarm_id=alarm_id, name="old-bank-login", door="model request", seen_at=utc_now())
        await made.stage.daemon.send(seen, "out_alarm")
        alarm = page.locator("[data-alarm]")
        await expect(alarm).to_contain_text("about to send to its AI model")
        await page.goto("/portal")
        await expect(page.get_by_text("A trap on your server was touched.")).to_be_visible()
        await page.get_by_role("link", name="See what happened").click()
        await alarm.get_by_role("button", name="I have looked into it").click()
        await expect(alarm).to_be_hidden()


async def test_page_works_by_keyboard_and_has_no_grave_findings(
    hub: RunningHub, browser: Browser, tmp_path: Path
) -> None:
    async with scene(hub, browser, tmp_path, phone=True, dark=True) as made:
        made.desk.vault.put("shop-key", "an-Older-Value-1", actor="user:t", note="the shop")
        await made.tell_list()
        page = made.page
        await page.goto("/portal/secrets")
        await expect(page.locator("[data-secret=shop-key]")).to_be_visible()
        assert await grave_findings(page) == []
        overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0

        await page.get_by_role("button", name="Add a secret").focus()
        await page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="Add a secret")
        await expect(dialog).to_be_visible()
        assert await grave_findings(page) == []
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()

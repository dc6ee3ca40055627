"""Going back in a conversation, undoing from it, sending files, deleting it; in a real browser."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from letsbe_app.db.models import Tenant
from tenant_daemon.contracts.changes import ChangeKind, ChangeRecorded
from tenant_daemon.contracts.chat import ToolFinished, ToolStarted
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.enrolment import sealing_public_key
from tests.support.live_hub import ScriptedRun
from tests.support.portal import Stage, portal_stage
from tests.support.running_hub import RunningHub

pytestmark = pytest.mark.browser


async def open_chat(stage: Stage, conversation_id: str) -> None:
    await stage.page.goto(f"/portal/chat/{conversation_id}")
    await expect(stage.page.locator("[data-phase=open]")).to_be_visible()


async def answered(stage: Stage, text: str, number: int) -> ScriptedRun:
    """The next message of the customer with its answer."""
    sent = (await stage.daemon.next("chat.send")).payload
    run = ScriptedRun(sent.conversation_id, number)
    for event in (run.started("it-admin", sent.message_id), run.delta(text), run.finished()):
        await stage.daemon.send(event)
    await stage.daemon.expect_ack(run.run_id, len(run.events))
    return run


async def test_one_says_it_differently_and_asks_again(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        page = stage.page
        conversation_id = await stage.conversation("Write a poem")
        await open_chat(stage, conversation_id)
        first = await answered(stage, "Roses are red.", 1)
        said = page.get_by_role("article", name="You")
        await said.hover()
        await said.get_by_role("button", name="Edit").click()
        await page.get_by_label("Say it differently").fill("Write a short poem")
        await expect(page.get_by_text("The message after it is taken back.")).to_be_visible()
        await page.get_by_role("button", name="Send again").click()
        sent = (await stage.daemon.next("chat.send", lambda one: one.text == "Write a short poem")).payload
        assert sent.takes_back == [first.run_id]
        await expect(page.get_by_text("Roses are red.")).to_have_count(0)

        run = ScriptedRun(conversation_id, 2)
        for event in (run.started("it-admin", sent.message_id), run.delta("Red roses."), run.finished()):
            await stage.daemon.send(event)
        answer = page.locator(f"[data-message={run.run_id}]")
        await expect(answer).to_have_attribute("data-status", "completed")
        await answer.hover()
        await answer.get_by_role("button", name="Answer again").click()
        again = (await stage.daemon.next("chat.send", lambda one: one.takes_back == [run.run_id])).payload
        assert again.text == "Write a short poem"
        await expect(page.locator("[data-message]")).to_have_count(1)


async def test_change_is_undone_from_the_tools_line(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        page = stage.page
        conversation_id = await stage.conversation("Note it down")
        await open_chat(stage, conversation_id)
        sent = (await stage.daemon.next("chat.send")).payload
        run = ScriptedRun(conversation_id, 1)
        now = datetime.now(UTC)
        made = ChangeRecorded(
            change_id=f"chg_{conversation_id[-8:]}",
            conversation_id=conversation_id,
            agent_id="it-admin",
            tool_call_id="call_1",
            change=ChangeKind.CREATED,
            path="notes.txt",
            created_at=now,
            undo_until=now + timedelta(days=7),
        )
        await stage.daemon.send(made, "out_chg")
        for event in (
            run.started("it-admin", sent.message_id),
            run.add(ToolStarted(tool_call_id="call_1", tool_name="file_write", summary="write notes.txt")),
            run.add(ToolFinished(tool_call_id="call_1", status="executed", tier="YELLOW", output="ok")),
            run.delta("Noted."),
            run.finished(),
        ):
            await stage.daemon.send(event)
        await page.locator("[data-tools] summary").click()
        await page.get_by_role("button", name="Undo: notes.txt").click()
        asked = (await stage.daemon.next("change.undo")).payload
        assert asked.change_id == made.change_id
        await expect(page.get_by_text("Being undone")).to_be_visible()


async def test_files_go_sealed_with_a_message(hub: RunningHub, browser: Browser, tmp_path: Path) -> None:
    async with portal_stage(hub, browser) as stage:
        page = stage.page
        home = TenantHome(tmp_path / "home")
        home.create()
        async with stage.services.database.write() as session:
            tenant = await session.get_one(Tenant, stage.customer.tenant_id)
            tenant.sealing_public_key = sealing_public_key(home)
        file, program = tmp_path / "invoice.csv", tmp_path / "setup.exe"
        file.write_text("what;owed\nbread;3")
        program.write_text("no")
        conversation_id = await stage.conversation("Hello")
        await open_chat(stage, conversation_id)
        await stage.daemon.next("chat.send")
        await page.locator("input[type=file]").set_input_files([file, program])
        await expect(page.locator("[data-file-state=ready]")).to_contain_text("invoice.csv")
        await expect(page.locator("[data-file-state=failed]")).to_contain_text("cannot be sent")
        await page.get_by_label("Your message").fill("Who owes us?")
        await page.keyboard.press("Enter")
        sent = (await stage.daemon.next("chat.send")).payload
        assert [one.name for one in sent.attachments] == ["invoice.csv"]
        box = await stage.services.attachments.box(
            stage.customer.tenant_id, sent.attachments[0].attachment_id
        )
        assert b"bread" not in box
        await expect(page.get_by_role("article", name="You").last).to_contain_text("invoice.csv")


async def test_conversation_is_deleted_after_asking(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        page = stage.page
        conversation_id = await stage.conversation("Forget me")
        await open_chat(stage, conversation_id)
        await page.get_by_role("button", name="Delete", exact=True).click()
        await page.get_by_role("button", name="Delete for good").click()
        await page.wait_for_url("**/portal/chat")
        assert (await stage.daemon.next("chat.forget")).payload.conversation_id == conversation_id
        await expect(page.get_by_role("link", name="Forget me")).to_have_count(0)

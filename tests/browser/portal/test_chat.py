"""Talking to an agent in a real browser; the server's side is played by script."""

import re

import pytest
from playwright.async_api import Browser, Route, expect

from letsbe_app.db.models import User, UserRole
from letsbe_app.kit.pagination import DEFAULT_LIMIT
from tenant_daemon.contracts.chat import (
    ApprovalWaiting,
    RunOutcome,
    ToolFinished,
    ToolStarted,
)
from tenant_daemon.contracts.health import ComponentHealth
from tests.support.axe import grave_findings
from tests.support.browser import held_events
from tests.support.live_hub import ScriptedRun
from tests.support.portal import Stage, heartbeat, portal_stage
from tests.support.running_hub import RunningHub

pytestmark = pytest.mark.browser


async def open_chat(stage: Stage, conversation_id: str) -> None:
    await stage.page.goto(f"/portal/chat/{conversation_id}")
    await expect(stage.page.locator("[data-phase=open]")).to_be_visible()


async def test_first_message_begins_a_conversation_and_the_answer_streams_in(
    hub: RunningHub, browser: Browser
) -> None:
    async with portal_stage(hub, browser) as stage:
        page = stage.page
        await page.goto("/portal/chat?agent=it-admin")
        await page.get_by_role("textbox").fill("How much disk is left?")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/portal/chat/cnv_*")
        sent = (await stage.daemon.next("chat.send")).payload
        assert (sent.text, sent.agent_id) == ("How much disk is left?", "it-admin")

        run = ScriptedRun(sent.conversation_id)
        await stage.daemon.send(run.started("it-admin", sent.message_id))
        for word in ("There ", "are **80 GB** ", "left."):
            await stage.daemon.send(run.delta(word))
        answer = page.locator(f"[data-message={run.run_id}]")
        await expect(answer).to_contain_text("There are 80 GB left.")
        await expect(answer.locator("strong")).to_have_text("80 GB")
        await expect(answer).to_have_attribute("data-status", "streaming")

        await stage.daemon.send(run.finished())
        await expect(answer).to_have_attribute("data-status", "completed")
        await page.reload()
        await expect(answer).to_contain_text("There are 80 GB left.")
        await expect(page.locator("[data-message]")).to_have_count(2)


async def test_one_changes_between_colleagues_and_conversations(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        page = stage.page
        first, second = await stage.conversation("First thread"), await stage.conversation("Second thread")
        await open_chat(stage, first)
        await page.get_by_role("link", name="Second thread").click()
        await expect(page.locator(f"[data-conversation={second}]")).to_contain_text("Second thread")
        await page.get_by_role("link", name="Sales").click()
        await expect(page.get_by_role("heading", name="What can Sales do for you?")).to_be_visible()
        await page.get_by_role("link", name="Marketing").click()
        await expect(page.get_by_role("heading", name="What can Marketing do for you?")).to_be_visible()
        await page.go_back()
        await expect(page.get_by_role("heading", name="What can Sales do for you?")).to_be_visible()


async def test_what_is_typed_before_the_page_is_ready_stays_there(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        page = stage.page
        async with held_events(page) as events:
            await page.goto("/portal/chat?agent=it-admin")
            await expect(page.get_by_role("heading", name="What can IT Admin do for you?")).to_be_visible()
            events.hold()
            await page.get_by_role("link", name="Sales").click()
            await page.wait_for_url("**agent=sales")
            await page.get_by_role("textbox").fill("An offer for the town hall")
            events.release()
            await expect(page.get_by_role("heading", name="What can Sales do for you?")).to_be_visible()
            await expect(page.get_by_role("textbox")).to_have_value("An offer for the town hall")
            await page.reload()
            await expect(page.get_by_role("textbox")).to_have_value("An offer for the town hall")


async def test_enter_before_the_page_is_ready_sends_once_it_is(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        page = stage.page
        async with held_events(page) as events:
            await page.goto("/portal/chat?agent=it-admin")
            await expect(page.get_by_role("heading", name="What can IT Admin do for you?")).to_be_visible()
            events.hold()
            await page.get_by_role("link", name="Sales").click()
            await page.wait_for_url("**agent=sales")
            await page.get_by_role("textbox").fill("An offer for the town hall")
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("textbox")).to_have_value("An offer for the town hall")
            events.release()
            sent = (await stage.daemon.next("chat.send")).payload
            assert (sent.text, sent.agent_id) == ("An offer for the town hall", "sales")
            await page.wait_for_url("**/portal/chat/cnv_*")
            await expect(page.get_by_role("textbox")).to_have_value("")


async def test_a_suggestion_comes_behind_what_was_typed(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        page = stage.page
        await page.goto("/portal/chat?agent=it-admin")
        await page.get_by_role("textbox").fill("Good morning.")
        await page.get_by_role("button", name="How much disk space is left?").click()
        await expect(page.get_by_role("textbox")).to_have_value("Good morning.\nHow much disk space is left?")
        await expect(page.get_by_role("textbox")).to_be_focused()


async def test_a_reload_in_the_middle_of_an_answer_shows_all_of_it_once(
    hub: RunningHub, browser: Browser
) -> None:
    async with portal_stage(hub, browser) as stage:
        conversation_id = await stage.conversation()
        run = ScriptedRun(conversation_id)
        await stage.daemon.send(run.started("it-admin"))
        await stage.daemon.send(run.delta("one "))
        await open_chat(stage, conversation_id)
        answer = stage.page.locator(f"[data-message={run.run_id}]")
        await expect(answer).to_contain_text("one")
        await stage.daemon.send(run.delta("two "))
        await stage.page.reload()
        await stage.daemon.send(run.delta("three"))
        await expect(answer.locator(".prose")).to_have_text("one two three")


async def test_tool_calls_fold_into_a_line_that_opens(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        conversation_id = await stage.conversation()
        await open_chat(stage, conversation_id)
        run = ScriptedRun(conversation_id)
        await stage.daemon.send(run.started("it-admin"))
        started = ToolStarted(tool_call_id="t1", tool_name="shell", summary="df -h")
        await stage.daemon.send(run.add(started))
        tools = stage.page.locator("[data-tools]")
        await expect(tools.locator("summary")).to_contain_text("df -h")
        await stage.daemon.send(
            run.add(ToolFinished(tool_call_id="t1", status="executed", tier="GREEN", output="/dev/sda1 80G"))
        )
        await tools.locator("summary").click()
        await expect(tools).to_contain_text("Reads only")
        await expect(tools).to_contain_text("/dev/sda1 80G")


async def test_escape_stops_a_running_answer(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        conversation_id = await stage.conversation()
        await open_chat(stage, conversation_id)
        run = ScriptedRun(conversation_id)
        await stage.daemon.send(run.started("it-admin"))
        await stage.daemon.send(run.delta("A long "))
        await expect(stage.page.locator("[data-stop]")).to_be_visible()
        await stage.page.keyboard.press("Escape")
        stop = (await stage.daemon.next("chat.stop")).payload
        assert stop.conversation_id == conversation_id
        await stage.daemon.send(run.finished(RunOutcome.STOPPED, "You stopped this answer."))
        await expect(stage.page.get_by_text("You stopped this answer.")).to_be_visible()
        await expect(stage.page.locator("[data-stop]")).to_have_count(0)


async def test_an_approval_is_decided_inside_the_conversation(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        conversation_id = await stage.conversation("Tidy up")
        await open_chat(stage, conversation_id)
        run = ScriptedRun(conversation_id)
        asked = await stage.ask(conversation_id)
        await stage.daemon.send(run.started("it-admin"))
        started = ToolStarted(
            tool_call_id=asked.tool_call_id, tool_name="shell", summary="rm -r 'old drafts'"
        )
        await stage.daemon.send(run.add(started))
        waiting = ApprovalWaiting(tool_call_id=asked.tool_call_id, approval_id=asked.approval_id)
        await stage.daemon.send(run.add(waiting))

        card = stage.page.locator(f"[data-approval={asked.approval_id}]")
        await expect(card.locator("code")).to_have_text("rm -r 'old drafts'")
        await expect(card).to_contain_text("Hard to undo")
        await card.get_by_role("button", name="Approve").click()
        decided = (await stage.daemon.next("approval.decided")).payload
        assert (decided.approval_id, decided.verdict) == (asked.approval_id, "approve")


async def test_nothing_in_an_answer_can_act_in_the_page(hub: RunningHub, browser: Browser) -> None:
    evil = (
        'Look <script>window.evil = 1</script> <img src=x onerror="window.evil = 2">\n\n'
        "[click](javascript:window.evil=3) [mail](mailto:a@b.example) [site](https://letsbe.example)\n\n"
        "![pixel](https://tracker.example/p.png)"
    )
    async with portal_stage(hub, browser) as stage:
        conversation_id = await stage.conversation()
        run = await stage.answered(conversation_id, evil)
        await open_chat(stage, conversation_id)
        answer = stage.page.locator(f"[data-message={run.run_id}]")
        await expect(answer).to_contain_text("Look")
        await expect(answer.locator("script, img, iframe")).to_have_count(0)
        links = answer.locator("a")
        assert [await link.get_attribute("href") for link in await links.all()] == [
            "mailto:a@b.example",
            "https://letsbe.example",
        ]
        await expect(links.last).to_have_text("site (letsbe.example)")
        assert "noopener" in (await links.first.get_attribute("rel") or "")
        assert await stage.page.evaluate("window.evil") is None


async def test_who_may_only_read_is_offered_nothing_to_write(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        page, conversation_id = stage.page, await stage.conversation()
        await stage.answered(conversation_id, "Ten sacks are ordered.")
        async with stage.services.database.write() as session:
            person = await session.get(User, stage.customer.actor.user_id)
            assert person is not None
            person.role = UserRole.READ_ONLY

        await open_chat(stage, conversation_id)

        await expect(page.get_by_text("Ten sacks are ordered.")).to_be_visible()
        await expect(page.get_by_text("You may read along here.")).to_be_visible()
        for name in ("Send", "Rename", "Delete"):
            await expect(page.get_by_role("button", name=name)).to_have_count(0)
        await expect(page.get_by_role("textbox", name="Write to")).to_have_count(0)
        assert await grave_findings(page) == []


async def test_what_was_typed_stays_when_sending_fails(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        conversation_id = await stage.conversation()
        await open_chat(stage, conversation_id)
        await stage.page.route("**/messages", lambda route: route.abort())
        await stage.page.get_by_role("textbox").fill("Do not lose me")
        await stage.page.get_by_role("button", name="Send").click()
        await expect(stage.page.get_by_role("alert").filter(has_text="not sent")).to_be_visible()
        await expect(stage.page.get_by_role("textbox")).to_have_value("Do not lose me")
        await expect(stage.page.locator("[data-message]")).to_have_count(1)


async def test_a_message_whose_answers_get_lost_is_sent_once(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        page, conversation_id = stage.page, await stage.conversation()
        await open_chat(stage, conversation_id)
        tried = []

        async def lose_the_answer(route: Route) -> None:
            if route.request.method == "GET":
                await route.continue_()
                return
            tried.append(route.request.headers["idempotency-key"])
            await route.fetch()
            await route.abort()

        await page.route("**/messages", lose_the_answer)
        await page.get_by_role("textbox").fill("Order ten sacks of flour")
        await page.get_by_role("button", name="Send").click()
        said = page.get_by_role("article").get_by_text("Order ten sacks of flour")
        await expect(said).to_be_visible()
        # The hub's wake shows that it arrived: nothing is left that could be sent again.
        await expect(page.get_by_role("textbox")).to_have_value("")
        await expect(page.get_by_role("alert").filter(has_text="not sent")).to_have_count(0)
        await expect(page.get_by_role("button", name="Send")).to_be_disabled()
        await page.wait_for_function(
            "() => !Object.keys(sessionStorage).some((name) => name.startsWith('letsbe:'))"
        )
        assert len(set(tried)) == 1
        # A try may be under way: it now goes on by itself, and the handler that would lose it comes too late.
        await page.unroute_all(behavior="ignoreErrors")
        await page.reload()
        await expect(said).to_have_count(1)
        sent = await stage.services.conversations.messages(stage.customer.actor, conversation_id)
        assert [one.text for one in sent.items].count("Order ten sacks of flour") == 1


async def test_earlier_messages_load_without_moving_what_is_read(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        conversation_id = await stage.conversation("message 0")
        for number in range(1, 45):
            await stage.services.conversations.send(
                stage.customer.actor, conversation_id, f"message {number}"
            )
        await open_chat(stage, conversation_id)
        page = stage.page
        await expect(page.get_by_text("message 44")).to_be_in_viewport()
        await expect(page.get_by_text("message 14", exact=True)).to_have_count(0)
        earliest = page.get_by_text("message 15", exact=True)
        await earliest.scroll_into_view_if_needed()
        await page.get_by_role("button", name="Show earlier messages").click()
        await expect(page.get_by_role("article").get_by_text("message 0", exact=True)).to_be_attached()
        await expect(earliest).to_be_in_viewport()


async def test_a_word_that_streams_in_redraws_its_own_message_alone(
    hub: RunningHub, browser: Browser
) -> None:
    async with portal_stage(hub, browser) as stage:
        conversation_id = await stage.conversation()
        await stage.answered(conversation_id, "An earlier answer with **bold** text.")
        await open_chat(stage, conversation_id)
        run = ScriptedRun(conversation_id, 2)
        await stage.daemon.send(run.started("it-admin"))
        await stage.daemon.send(run.delta("first "))
        answer = stage.page.locator(f"[data-message={run.run_id}]")
        await expect(answer).to_contain_text("first")
        await stage.page.evaluate(
            """(own) => {
              window.othersChanged = 0;
              new MutationObserver((changes) => {
                for (const { target } of changes) {
                  const element = target.nodeType === 1 ? target : target.parentElement;
                  const message = element?.closest("[data-message]");
                  if (message && message.dataset.message !== own) window.othersChanged += 1;
                }
              }).observe(document.querySelector("[data-conversation]"),
                { subtree: true, childList: true, characterData: true, attributes: true });
            }""",
            run.run_id,
        )
        for number in range(20):
            await stage.daemon.send(run.delta(f"word{number} "))
        await expect(answer).to_contain_text("word19")
        assert await stage.page.evaluate("window.othersChanged") == 0


async def test_an_offline_server_is_said_and_the_message_waits(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        conversation_id = await stage.conversation()
        await open_chat(stage, conversation_id)
        await stage.daemon.connection.close()
        banner = stage.page.get_by_role("status").filter(has_text="Your server is not connected right now")
        await expect(banner).to_contain_text(re.compile("Last sign of life .+ What you send waits for it"))
        await stage.page.get_by_role("textbox").fill("When you are back")
        await stage.page.keyboard.press("Enter")
        await expect(stage.page.get_by_text("Waits for your server").last).to_be_visible()


async def test_keys_go_through_conversations_and_are_listed(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        page = stage.page
        older, newer = await stage.conversation("First thread"), await stage.conversation("Second thread")
        await open_chat(stage, newer)
        await expect(page.locator("aside [data-thread]")).to_have_count(2)
        await page.keyboard.press("j")
        await page.wait_for_url(f"**/portal/chat/{older}")
        await expect(page.locator("aside [data-thread][aria-current=page]")).to_contain_text("First thread")
        await page.keyboard.press("k")
        await page.wait_for_url(f"**/portal/chat/{newer}")
        # Its field is another one than the other conversation's, and comes with its messages.
        await expect(page.get_by_role("article").get_by_text("Second thread")).to_be_visible()
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Next conversation")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
        await page.keyboard.press("/")
        await expect(page.get_by_role("textbox")).to_be_focused()
        await page.keyboard.type("j?")
        await expect(page.get_by_role("textbox")).to_have_value("j?")


async def test_arrow_up_brings_the_last_message_back(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        await open_chat(stage, await stage.conversation("How much disk is left?"))
        box = stage.page.get_by_role("textbox")
        await box.focus()
        await stage.page.keyboard.press("ArrowUp")
        await expect(box).to_have_value("How much disk is left?")
        await box.fill("something else")
        await stage.page.keyboard.press("ArrowUp")
        await expect(box).to_have_value("something else")


async def test_an_approval_is_found_however_many_others_wait(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        conversation_id = await stage.conversation("Tidy up")
        asked = await stage.ask(conversation_id)
        for _ in range(DEFAULT_LIMIT + 1):
            await stage.ask(None)
        await open_chat(stage, conversation_id)
        await expect(stage.page.locator(f"[data-approval={asked.approval_id}]")).to_be_visible()


async def test_conversation_is_found_by_what_was_said_renamed_and_saved(
    hub: RunningHub, browser: Browser
) -> None:
    async with portal_stage(hub, browser) as stage:
        page = stage.page
        cake = await stage.conversation("Two marzipan cakes for Mrs Lind")
        await open_chat(stage, await stage.conversation("Something else"))
        side = page.locator("aside")
        await side.get_by_role("searchbox", name="Search conversations").fill("lind MARZIPAN")
        await expect(side.locator("[data-thread]")).to_have_count(1)
        await side.locator("[data-thread]").click()
        await page.wait_for_url(f"**/portal/chat/{cake}")
        await expect(page.get_by_role("heading", name="Two marzipan cakes for Mrs Lind")).to_be_visible()

        await page.get_by_role("button", name="Rename").click()
        await page.get_by_label("Title").fill("Cakes for Mrs Lind")
        await page.get_by_role("button", name="Save the title").click()
        await expect(page.get_by_role("heading", name="Cakes for Mrs Lind", exact=True)).to_be_visible()
        await expect(page.get_by_role("dialog")).to_be_hidden()

        await page.get_by_role("button", name="Save as a file").click()
        async with page.expect_download() as saving:
            await page.get_by_role("link", name="Save as text").click()
        saved = await saving.value
        assert saved.suggested_filename == "cakes-for-mrs-lind.md"
        await expect(page.get_by_role("dialog")).to_be_hidden()
        assert "Two marzipan cakes for Mrs Lind" in (await saved.path()).read_text()

        await side.get_by_role("searchbox").fill("gooseberry")
        await expect(side.get_by_text("Nothing was said with these words.")).to_be_visible()
        await side.get_by_role("searchbox").fill("")
        await expect(side.locator("[data-thread]")).to_have_count(2)


async def test_an_answer_of_which_nothing_comes_says_so(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        await stage.page.clock.install()
        conversation_id = await stage.conversation("Tell me something long")
        await open_chat(stage, conversation_id)
        run = ScriptedRun(conversation_id)
        for event in (run.started("it-admin"), run.delta("Once upon a time")):
            await stage.daemon.send(event)
        await expect(stage.page.get_by_text("Once upon a time")).to_be_visible()
        quiet = stage.page.get_by_text("Nothing new for 20 seconds.")
        await expect(quiet).to_be_hidden()
        await stage.page.clock.fast_forward(21_000)
        await expect(quiet).to_be_visible()
        await stage.daemon.send(run.delta(" there was a shop."))
        await expect(stage.page.get_by_text("there was a shop.")).to_be_visible()
        await expect(quiet).to_be_hidden()
        silent = ComponentHealth(name="model", is_healthy=True, detail="silent")
        await stage.daemon.send(heartbeat(components=[silent]))
        await stage.page.clock.fast_forward(21_000)
        await expect(stage.page.get_by_text("provider of the language model has taken")).to_be_visible()
        await expect(quiet).to_be_hidden()


async def test_a_question_of_a_broken_answer_stops_waiting_when_it_is_decided(
    hub: RunningHub, browser: Browser
) -> None:
    async with portal_stage(hub, browser) as stage:
        conversation_id = await stage.conversation("Delete the drafts")
        asked = await stage.ask(conversation_id)
        run = ScriptedRun(conversation_id)
        call_id = asked.tool_call_id
        for event in (
            run.started("it-admin"),
            run.add(ToolStarted(tool_call_id=call_id, tool_name="shell", summary="rm -r drafts")),
            run.add(ApprovalWaiting(tool_call_id=call_id, approval_id=asked.approval_id)),
            run.finished(RunOutcome.INTERRUPTED),
        ):
            await stage.daemon.send(event)
        await open_chat(stage, conversation_id)
        step = stage.page.locator("[data-tools]")
        await expect(step).to_contain_text("Waits for your approval")
        await stage.page.get_by_role("button", name="Approve", exact=True).click()
        await expect(step).to_contain_text("Decided")


async def test_one_writes_on_after_the_first_message(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        await stage.page.goto("/portal/chat?agent=it-admin")
        await stage.page.get_by_role("textbox").fill("How much disk is left?")
        await stage.page.keyboard.press("Enter")
        await stage.page.wait_for_url("**/portal/chat/cnv_*")
        await expect(stage.page.locator("[data-phase=open]")).to_be_visible()
        await expect(stage.page.get_by_role("textbox", name="Your message")).to_be_focused()

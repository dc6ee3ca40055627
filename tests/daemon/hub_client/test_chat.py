"""Chats from the hub's message to the journal, with a gateway that the test plays."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tenant_daemon.contracts.chat import (
    ApprovalWaiting,
    RunEventBody,
    RunFinished,
    RunOutcome,
    RunStarted,
    SendMessage,
    TextDelta,
    ToolStarted,
)
from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.hub_client import chat as chat_module
from tenant_daemon.hub_client import conversation, notes, run_in_progress
from tenant_daemon.hub_client.gateway import AnswerEnded, AnswerGrew
from tenant_daemon.hub_client.handovers import HandoverRefused
from tenant_daemon.hub_client.local_door import HANDOVER_SECONDS
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.hub_client.sessions import ChatSession
from tenant_daemon.safety.live import Patience
from tests.support.chat_stage import SECRET, SESSION, Stage, make_config


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    stage = Stage(tmp_path / "link.db")
    await stage.start()
    yield stage
    await stage.kill()


def _text(run: list[RunEventBody]) -> str:
    return "".join(body.text for body in run if isinstance(body, TextDelta))


def _end(run: list[RunEventBody]) -> tuple[RunOutcome, str, str]:
    last = run[-1]
    assert isinstance(last, RunFinished)
    assert last.text == _text(run)
    return last.outcome, last.text, last.note


async def test_answer_is_streamed_and_finished(stage: Stage) -> None:
    stage.say(1, "How much disk?")
    key, text, _ = await stage.gateway.nth_sent(1)
    assert (key, text) == ("agent:it-admin:c-cnv1", "How much disk?")
    stage.gateway.grow(1, "There are ")
    stage.gateway.grow(1, "There are 20 GB")
    stage.gateway.end(1, "There are 20 GB left.")
    (run,) = await stage.finished(1)
    assert run[0] == RunStarted(agent_id="it-admin", in_reply_to="msg1")
    assert run[-1] == RunFinished(
        outcome=RunOutcome.COMPLETED, text="There are 20 GB left.", is_practice=True
    )
    assert _text(run) == "There are 20 GB left."
    assert stage.store.inbox.pending() == []


async def test_secret_in_an_answer_never_reaches_the_journal(stage: Stage) -> None:
    stage.say(1)
    await stage.gateway.nth_sent(1)
    stage.gateway.grow(1, f"It is {SECRET[:20]}")
    stage.gateway.grow(1, f"It is {SECRET}, keep it.")
    stage.gateway.end(1)
    (run,) = await stage.finished(1)
    assert _text(run) == "It is SECRET_REF(mail), keep it."
    for file in stage.path.parent.glob("link.db*"):
        assert SECRET[:20].encode() not in file.read_bytes()


async def test_messages_of_a_conversation_are_answered_one_after_the_other(stage: Stage) -> None:
    stage.say(1, "one")
    stage.say(2, "two")
    stage.say(3, "elsewhere", conversation_id="cnv2")
    await stage.gateway.nth_sent(2)
    assert sorted(text for _, text, _ in stage.gateway.sent) == ["elsewhere", "one"]
    first = next(number for number in (1, 2) if stage.gateway.sent[number - 1][1] == "one")
    stage.gateway.end(first, "1")
    assert (await stage.gateway.nth_sent(3))[1] == "two"
    stage.gateway.end(3, "2")
    runs = await stage.finished(2)
    assert [_text(run) for run in runs] == ["1", "2"]


async def test_message_waits_until_the_agents_can_work(stage: Stage) -> None:
    stage.door.set_healthy(False)
    stage.say(1)
    await asyncio.sleep(0)
    assert (stage.gateway.sent, stage.runs()) == ([], [])
    stage.door.set_healthy(True)
    await stage.gateway.nth_sent(1)


async def test_tool_events_appear_in_the_run(stage: Stage) -> None:
    tool = ToolStarted(tool_call_id="call1", tool_name="shell", summary="df -h")
    stage.say(1)
    await stage.gateway.nth_sent(1)
    stage.gateway.grow(1, "I look. ")
    stage.store.put_tool_event("cnv1", SESSION.key, tool)
    stage.chat.on_store_changed()
    stage.gateway.end(1, "I look. Done.")
    (run,) = await stage.finished(1)
    assert tool in run
    assert run.index(tool) < len(run) - 1


async def test_all_that_was_said_is_there_while_a_tool_waits(stage: Stage) -> None:
    stage.say(1)
    await stage.gateway.nth_sent(1)
    stage.gateway.grow(1, "That removes the folder.")
    stage.gateway.grow(1, "That removes the folder.", is_paused=True)
    stage.store.put_tool_event("cnv1", SESSION.key, ToolStarted(tool_call_id="c", tool_name="x", summary="x"))
    stage.chat.on_store_changed()
    (run,) = stage.runs()
    assert _text(run) == "That removes the folder."


async def test_a_message_behind_a_run_releases_the_calls_that_wait_for_a_person(stage: Stage) -> None:
    stage.say(1)
    await stage.gateway.nth_sent(1)
    stage.store.put_tool_event("cnv1", SESSION.key, ToolStarted(tool_call_id="c", tool_name="x", summary="x"))
    stage.chat.on_store_changed()
    stage.say(2, "What is in it?")
    assert await asyncio.wait_for(stage.released.get(), 5) == "cnv1"

    # The next one may be asked only now.
    asked = ApprovalWaiting(tool_call_id="d", approval_id="apr1")
    stage.store.put_tool_event("cnv1", SESSION.key, asked)
    stage.chat.on_store_changed()
    assert await asyncio.wait_for(stage.released.get(), 5) == "cnv1"
    stage.gateway.end(1, "That waits.")
    assert (await stage.gateway.nth_sent(2))[1] == "What is in it?"
    assert stage.released.empty()


async def test_tool_event_that_comes_late_is_in_the_next_run(stage: Stage) -> None:
    tool = ToolStarted(tool_call_id="call1", tool_name="shell", summary="df -h")
    stage.store.put_tool_event("cnv1", SESSION.key, tool)
    stage.chat.on_store_changed()
    stage.say(1)
    await stage.gateway.nth_sent(1)
    stage.gateway.end(1, "Done.")
    (run,) = await stage.finished(1)
    assert tool in run


async def test_stop_keeps_what_was_said_and_begins_nothing_more(stage: Stage) -> None:
    stage.say(1)
    stage.say(2)
    await stage.gateway.nth_sent(1)
    stage.gateway.grow(1, "Half of")
    await stage.chat.stop("cnv1")
    runs = await stage.finished(2)
    assert [_end(run) for run in runs] == [
        (RunOutcome.STOPPED, "Half of", ""),
        (RunOutcome.STOPPED, "", notes.NOT_BEGUN),
    ]
    assert stage.gateway.aborted == [SESSION.key]
    assert stage.cancelled == [SESSION]


async def test_stop_that_openclaw_does_not_confirm_ends_the_run_anyway(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_in_progress, "STOP_SECONDS", 0.01)
    stage.gateway.aborts_at_once = False
    stage.say(1)
    await stage.gateway.nth_sent(1)
    await stage.chat.stop("cnv1")
    (run,) = await stage.finished(1)
    assert _end(run)[0] is RunOutcome.STOPPED
    stage.gateway.grow(1, "I go on nevertheless")
    stage.gateway.end(1, "I go on nevertheless")
    assert len(stage.runs()) == 1


async def test_stop_of_a_message_that_waits_for_openclaw(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "other.db")
    await stage.start(is_open=False)
    stage.say(1)
    await asyncio.sleep(0)
    await stage.chat.stop("cnv1")
    (run,) = await stage.finished(1)
    assert _end(run) == (RunOutcome.STOPPED, "", notes.NOT_BEGUN)
    await stage.kill()


async def test_failure_is_told_in_plain_redacted_words(stage: Stage) -> None:
    stage.say(1)
    key, _, run_id = await stage.gateway.nth_sent(1)
    stage.chat.on_gateway_event(AnswerEnded(key, run_id, "error", error=f"401 for {SECRET}"))
    (run,) = await stage.finished(1)
    assert _end(run) == (RunOutcome.FAILED, "", notes.failed("401 for SECRET_REF(mail)"))


async def test_proxys_reason_goes_before_what_openclaw_makes_of_it(stage: Stage) -> None:
    stage.refusal = "The tokens for today are used up."
    stage.say(1)
    key, _, run_id = await stage.gateway.nth_sent(1)
    stage.chat.on_gateway_event(AnswerEnded(key, run_id, "error", error=f"401 for {SECRET}"))
    (run,) = await stage.finished(1)
    assert _end(run) == (RunOutcome.FAILED, "", notes.failed("The tokens for today are used up."))


async def test_run_that_the_agent_began_gets_its_own_place(stage: Stage) -> None:
    stage.chat.on_gateway_event(AnswerGrew(SESSION.key, "own", "The report is "))
    stage.chat.on_gateway_event(AnswerEnded(SESSION.key, "own", "final", "The report is ready."))
    (run,) = await stage.finished(1)
    assert run[0] == RunStarted(agent_id="it-admin", in_reply_to=None)
    assert _end(run) == (RunOutcome.COMPLETED, "The report is ready.", "")


async def test_uninvited_run_waits_for_the_one_in_progress(stage: Stage) -> None:
    stage.say(1)
    await stage.gateway.nth_sent(1)
    stage.chat.on_gateway_event(AnswerEnded(SESSION.key, "own", "final", "By the way."))
    stage.gateway.grow(1, "First ")
    stage.gateway.end(1, "First things first.")
    runs = await stage.finished(2)
    assert [_text(run) for run in runs] == ["First things first.", "By the way."]


@pytest.mark.parametrize("key", ["agent:it-admin:main", "agent:it-admin:verification", "agent:it-admin:sub"])
async def test_sessions_that_are_no_chats_are_ignored(stage: Stage, key: str) -> None:
    stage.chat.on_gateway_event(AnswerEnded(key, "x", "final", "text"))
    assert stage.runs() == []


async def test_follow_up_is_told_when_the_session_is_free(stage: Stage) -> None:
    stage.say(1)
    await stage.gateway.nth_sent(1)
    stage.store.follow_ups.put(SESSION, "Your call was approved.")
    stage.chat.on_store_changed()
    stage.chat.on_store_changed()
    stage.gateway.end(1, "Done.")
    assert (await stage.gateway.nth_sent(2))[1] == "Your call was approved."
    stage.gateway.end(2, "Fine.")
    runs = await stage.finished(2)
    assert runs[1][0] == RunStarted(agent_id="it-admin", in_reply_to=None)
    assert len(stage.gateway.sent) == 2


async def test_kill_switch_stops_what_runs_and_refuses_what_comes(stage: Stage) -> None:
    stage.say(1)
    await stage.gateway.nth_sent(1)
    stage.config = make_config(stopped=("it-admin",))
    await stage.chat.on_config_changed()
    stage.say(2)
    stage.config = make_config(is_stopped=True)
    runs = await stage.finished(2)
    assert [_end(run)[0] for run in runs] == [RunOutcome.STOPPED, RunOutcome.STOPPED]
    assert len(stage.gateway.sent) == 1


@pytest.mark.parametrize(
    ("config", "note"),
    [
        (make_config(stopped=("it-admin",)), notes.SWITCHED_OFF),
        (make_config(is_stopped=True), notes.SERVER_STOPPED),
    ],
)
async def test_an_answer_that_the_kill_switch_ended_says_so(
    stage: Stage, config: TenantConfig, note: str
) -> None:
    stage.say(1)
    await stage.gateway.nth_sent(1)
    stage.gateway.grow(1, "Half of")
    stage.config = config
    await stage.chat.on_config_changed()
    (run,) = await stage.finished(1)

    assert _end(run) == (RunOutcome.STOPPED, "Half of", note)


async def test_agent_that_does_not_exist(stage: Stage) -> None:
    stage.say(1, agent="nobody")
    (run,) = await stage.finished(1)
    assert _end(run) == (RunOutcome.STOPPED, "", notes.UNKNOWN_AGENT)


async def test_short_loss_of_the_connection_costs_nothing(stage: Stage) -> None:
    stage.say(1)
    key, _, run_id = await stage.gateway.nth_sent(1)
    stage.gateway.grow(1, "One")
    stage.chat.on_gateway_lost()
    stage.gateway.known[run_id] = AnswerGrew(key, run_id, "One two three ")
    await stage.chat.on_gateway_opened(stage.gateway)
    stage.gateway.end(1, "One two three four.")
    (run,) = await stage.finished(1)
    assert _end(run) == (RunOutcome.COMPLETED, "One two three four.", "")


async def test_long_loss_says_what_was_cut_off(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_module, "GRACE_SECONDS", 0.01)
    stage.say(1)
    await stage.gateway.nth_sent(1)
    stage.gateway.grow(1, "One")
    stage.chat.on_gateway_lost()
    (run,) = await stage.finished(1)
    assert _end(run) == (RunOutcome.INTERRUPTED, "One", notes.CUT_OFF)
    stage.say(2)
    await stage.chat.on_gateway_opened(stage.gateway)
    await stage.gateway.nth_sent(2)


async def _first_try(stage: Stage) -> None:
    """Wait until a message was handed over in vain."""
    async with asyncio.timeout(30):
        await stage.gateway.tried_in_vain.wait()


async def test_message_waits_for_an_openclaw_that_is_gone_when_it_is_sent(stage: Stage) -> None:
    stage.gateway.is_away = True
    stage.say(1)
    await _first_try(stage)
    stage.chat.on_gateway_lost()
    stage.gateway.is_away = False
    await stage.chat.on_gateway_opened(stage.gateway)
    assert (await stage.gateway.nth_sent(1))[1] == "hi"
    stage.gateway.end(1, "Hello.")
    (run,) = await stage.finished(1)
    assert _end(run) == (RunOutcome.COMPLETED, "Hello.", "")
    assert len(stage.gateway.sent) == 1


async def test_long_absence_of_openclaw_cuts_off_no_message_that_it_has_not_got(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_module, "GRACE_SECONDS", 0.0)
    stage.gateway.is_away = True
    stage.say(1)
    await _first_try(stage)
    stage.chat.on_gateway_lost()
    await asyncio.sleep(0.01)  # The grace is over.
    stage.gateway.is_away = False
    await stage.chat.on_gateway_opened(stage.gateway)
    await stage.gateway.nth_sent(1)
    stage.gateway.end(1, "Hello.")
    (run,) = await stage.finished(1)
    assert _end(run) == (RunOutcome.COMPLETED, "Hello.", "")


async def test_message_that_arrived_although_its_answer_was_lost_is_not_said_twice(stage: Stage) -> None:
    stage.gateway.is_away = True
    stage.say(1)
    await _first_try(stage)
    (open_run,) = stage.store.journal.unfinished()
    stage.chat.on_gateway_lost()
    stage.gateway.is_away = False
    run_id = open_run.run_id
    stage.gateway.known[run_id] = AnswerEnded(SESSION.key, run_id, "final", "Done.")
    await stage.chat.on_gateway_opened(stage.gateway)
    (run,) = await stage.finished(1)
    assert _end(run) == (RunOutcome.COMPLETED, "Done.", "")
    assert stage.gateway.sent == []


async def test_openclaw_that_stays_away_is_told_as_such(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_in_progress, "TAKE_SECONDS", 0.05)
    stage.gateway.is_away = True
    stage.say(1)
    (run,) = await stage.finished(1)
    assert _end(run) == (RunOutcome.INTERRUPTED, "", notes.NOT_REACHED)


async def test_stop_ends_a_message_that_waits_for_openclaw_to_be_back(stage: Stage) -> None:
    stage.gateway.is_away = True
    stage.say(1)
    await _first_try(stage)
    stage.chat.on_gateway_lost()
    await stage.chat.stop("cnv1")
    (run,) = await stage.finished(1)
    assert _end(run)[0] is RunOutcome.STOPPED
    stage.gateway.is_away = False
    await stage.chat.on_gateway_opened(stage.gateway)
    stage.say(2, "again")
    assert (await stage.gateway.nth_sent(1))[1] == "again"


async def test_message_that_openclaw_refuses_is_a_failure(stage: Stage) -> None:
    stage.gateway.refuses = True
    stage.say(1)
    (run,) = await stage.finished(1)
    assert _end(run) == (RunOutcome.FAILED, "", notes.NOT_TAKEN)


async def _restarted(stage: Stage) -> Stage:
    await stage.kill()
    again = Stage(stage.path)
    await again.start(is_open=False)
    return again


async def test_killed_link_takes_the_answer_up_where_it_was(stage: Stage) -> None:
    stage.say(1)
    stage.say(2)
    key, _, run_id = await stage.gateway.nth_sent(1)
    stage.gateway.grow(1, f"One two, {SECRET} and ")
    again = await _restarted(stage)
    again.gateway.known[run_id] = AnswerGrew(key, run_id, f"One two, {SECRET} and three, ")
    await again.chat.on_gateway_opened(again.gateway)
    again.gateway.sent.append((key, "", run_id))
    async with asyncio.timeout(30):
        while "three" not in _text(again.runs()[0]):
            again.changed.clear()
            await again.changed.wait()
    again.gateway.end(1, f"One two, {SECRET} and three, four.")
    (run,) = await again.finished(1)
    assert _end(run) == (RunOutcome.COMPLETED, "One two, SECRET_REF(mail) and three, four.", "")
    assert (await again.gateway.nth_sent(2))[1] == "hi"
    await again.kill()


async def test_killed_link_finds_the_answer_finished(stage: Stage) -> None:
    stage.say(1)
    key, _, run_id = await stage.gateway.nth_sent(1)
    stage.gateway.grow(1, "One")
    again = await _restarted(stage)
    again.gateway.known[run_id] = AnswerEnded(key, run_id, "final", "One two.")
    await again.chat.on_gateway_opened(again.gateway)
    (run,) = await again.finished(1)
    assert _end(run) == (RunOutcome.COMPLETED, "One two.", "")
    assert again.gateway.sent == []
    await again.kill()


async def test_killed_link_says_what_nobody_knows_any_more(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "RESUME_SECONDS", 0.01)
    stage.say(1)
    await stage.gateway.nth_sent(1)
    stage.gateway.grow(1, "One more")
    again = await _restarted(stage)
    (run,) = await again.finished(1)
    assert _end(run) == (RunOutcome.INTERRUPTED, "One ", notes.CUT_OFF)
    await again.kill()


async def test_message_that_openclaw_never_got_is_sent_after_a_restart_of_the_link(stage: Stage) -> None:
    stage.gateway.is_away = True
    stage.say(1)
    await _first_try(stage)
    again = await _restarted(stage)
    await again.chat.on_gateway_opened(again.gateway)
    assert (await again.gateway.nth_sent(1))[1] == "hi"
    again.gateway.end(1, "Hello.")
    (run,) = await again.finished(1)
    assert _end(run) == (RunOutcome.COMPLETED, "Hello.", "")
    await again.kill()


async def test_message_that_was_never_handed_over_is_sent_after_a_restart(tmp_path: Path) -> None:
    store = LinkStore(tmp_path / "link.db")
    message = SendMessage(message_id="msg1", conversation_id="cnv1", agent_id="it-admin", text="hi")
    store.inbox.accept("obx1", message)
    store.journal.begin("r1", SESSION, in_reply_to="msg1", inbox_id="obx1")
    store.close()
    stage = Stage(tmp_path / "link.db")
    await stage.start()
    assert await stage.gateway.nth_sent(1) == (SESSION.key, "hi", "r1")
    stage.gateway.end(1, "Hello.")
    (run,) = await stage.finished(1)
    assert _end(run) == (RunOutcome.COMPLETED, "Hello.", "")
    await stage.kill()


COLLEAGUE = ChatSession("sales", "cnv1", "call_1.abc")


async def test_colleague_answers_without_a_run_of_its_own(stage: Stage) -> None:
    asking = asyncio.create_task(stage.handovers.ask("it-admin", COLLEAGUE, "What is sold?"))
    assert (await stage.gateway.nth_sent(1))[:2] == (
        "agent:sales:c-cnv1-h-call_1.abc",
        "What is sold?",
    )
    stage.gateway.grow(1, "Ten ")
    stage.gateway.end(1, "Ten boxes.")
    assert await asking == "Ten boxes."
    assert stage.runs() == []


async def test_colleague_cannot_ask_on(stage: Stage) -> None:
    asking = asyncio.create_task(stage.handovers.ask("it-admin", COLLEAGUE, "What is sold?"))
    await stage.gateway.nth_sent(1)
    with pytest.raises(HandoverRefused, match="cannot hand the task on"):
        await stage.handovers.ask("sales", ChatSession("marketing", "cnv1", "call_2"), "And you?")
    stage.gateway.end(1, "Ten.")
    await asking


@pytest.mark.parametrize("colleague", ["nobody", "it-admin"])
async def test_colleague_that_cannot_be_asked(stage: Stage, colleague: str) -> None:
    with pytest.raises(HandoverRefused):
        await stage.handovers.ask("it-admin", ChatSession(colleague, "cnv1", "call_1"), "hi")


async def test_stop_ends_the_colleague_too(stage: Stage) -> None:
    asking = asyncio.create_task(stage.handovers.ask("it-admin", COLLEAGUE, "What is sold?"))
    await stage.gateway.nth_sent(1)
    await stage.chat.stop("cnv1")
    with pytest.raises(HandoverRefused, match="could not finish"):
        await asking
    assert stage.gateway.aborted == [COLLEAGUE.key]


async def test_colleague_is_stopped_when_nobody_waits_any_more(stage: Stage) -> None:
    asking = asyncio.create_task(stage.handovers.ask("it-admin", COLLEAGUE, "What is sold?"))
    await stage.gateway.nth_sent(1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (stage.gateway.aborted, stage.cancelled) == ([COLLEAGUE.key], [COLLEAGUE])


async def test_a_colleague_that_asked_is_told_later_in_a_run_of_its_own(stage: Stage) -> None:
    asking = asyncio.create_task(stage.handovers.ask("it-admin", COLLEAGUE, "What is sold?"))
    await stage.gateway.nth_sent(1)
    # Approved while the colleague is still about to say that it waits.
    stage.store.follow_ups.put(COLLEAGUE, "Your call was approved.")
    stage.chat.on_store_changed()
    await asyncio.sleep(0)
    assert len(stage.gateway.sent) == 1
    stage.gateway.end(1, "It waits for the owner.")
    await asking
    stage.chat.on_store_changed()
    assert (await stage.gateway.nth_sent(2))[:2] == (COLLEAGUE.key, "Your call was approved.")
    stage.gateway.end(2, "It is sold.")
    (run,) = await stage.finished(1)
    assert run[0] == RunStarted(agent_id="sales", in_reply_to=None)
    assert _end(run) == (RunOutcome.COMPLETED, "It is sold.", "")


async def test_what_a_stopped_colleague_still_says_is_dropped(stage: Stage) -> None:
    asking = asyncio.create_task(stage.handovers.ask("it-admin", COLLEAGUE, "What is sold?"))
    await stage.gateway.nth_sent(1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    stage.gateway.end(1, "Ten bo")
    await asyncio.sleep(0)
    assert stage.runs() == []


async def test_kill_switch_stops_a_colleague_who_works_for_another(stage: Stage) -> None:
    asking = asyncio.create_task(stage.handovers.ask("it-admin", COLLEAGUE, "What is sold?"))
    await stage.gateway.nth_sent(1)
    stage.config = make_config(stopped=("marketing",))
    await stage.chat.on_config_changed()
    assert stage.gateway.aborted == []
    stage.config = make_config(stopped=("sales",))
    await stage.chat.on_config_changed()
    async with asyncio.timeout(10):
        with pytest.raises(HandoverRefused, match="could not finish"):
            await asking
    assert (stage.gateway.aborted, stage.cancelled) == ([COLLEAGUE.key], [COLLEAGUE])


def test_a_colleague_has_time_until_its_own_question_is_put_off() -> None:
    assert 2 * Patience().wait_seconds < HANDOVER_SECONDS


async def test_session_is_brought_back_before_the_message_is_sent(stage: Stage) -> None:
    stage.say(1, "again, please", takes_back=("run1", "run2"))
    await stage.gateway.nth_sent(1)
    assert stage.gateway.rewound == [("agent:it-admin:c-cnv1", ("run1", "run2"))]
    stage.gateway.end(1, "Done.")
    stage.say(2, "and now")
    await stage.gateway.nth_sent(2)
    assert len(stage.gateway.rewound) == 1


async def test_deleted_conversation_is_stopped_and_forgotten_everywhere(stage: Stage) -> None:
    stage.say(1)
    await stage.gateway.nth_sent(1)
    stage.store.follow_ups.put(SESSION, "told later")
    stage.store.put_tool_event(
        "cnv1", SESSION.key, ToolStarted(tool_call_id="c", tool_name="shell", summary="ls")
    )
    await stage.chat.forget("cnv1", "it-admin")
    assert stage.gateway.aborted == [SESSION.key]
    assert stage.gateway.forgotten == [("cnv1", ("it-admin", "sales", "marketing"))]
    assert stage.store.follow_ups.waiting() == []
    assert stage.store.conversations_with_tool_events() == []
    assert stage.runs() == []


async def test_deletion_waits_for_openclaw(stage: Stage) -> None:
    stage.gateway.is_away = True
    forgetting = asyncio.create_task(stage.chat.forget("cnv1", "it-admin"))
    stage.gateway.is_away = False
    await stage.gateway.nth_forgotten(1)
    await forgetting

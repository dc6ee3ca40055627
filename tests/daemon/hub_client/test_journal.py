from pathlib import Path

import pytest

from tenant_daemon.contracts.chat import (
    RunEvent,
    RunFinished,
    RunOutcome,
    RunStarted,
    SendMessage,
    TextDelta,
    ToolStarted,
)
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.hub_client.sessions import ChatSession

SESSION = ChatSession("it-admin", "cnv1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "link.db"


@pytest.fixture
def store(path: Path) -> LinkStore:
    return LinkStore(path)


def _names(events: list[RunEvent]) -> list[tuple[int, int, str]]:
    return [(event.run_number, event.seq, event.body.type) for event in events]


def _all(store: LinkStore, run_id: str) -> list[RunEvent]:
    return store.journal.events(run_id, after_seq=0, limit=100)


def _finish(text: str = "") -> RunFinished:
    return RunFinished(outcome=RunOutcome.COMPLETED, text=text)


def test_events_of_a_run_are_numbered_from_one(store: LinkStore) -> None:
    first = store.journal.begin("r1", SESSION, in_reply_to="msg1")
    assert first.body == RunStarted(agent_id="it-admin", in_reply_to="msg1")
    store.journal.append("r1", TextDelta(text="a"))
    store.journal.append("r1", _finish("a"))
    assert _names(_all(store, "r1")) == [(1, 1, "started"), (1, 2, "delta"), (1, 3, "finished")]


def test_run_numbers_grow_per_conversation_and_never_come_back(store: LinkStore, path: Path) -> None:
    store.journal.begin("r1", SESSION)
    store.journal.append("r1", _finish())
    store.journal.confirm("r1", 2)
    store.close()
    again = LinkStore(path)
    assert again.journal.begin("r2", SESSION).run_number == 2
    assert again.journal.begin("r3", ChatSession("it-admin", "cnv2")).run_number == 1


def test_nothing_follows_the_last_event(store: LinkStore) -> None:
    store.journal.begin("r1", SESSION)
    store.journal.append("r1", _finish())
    with pytest.raises(LookupError):
        store.journal.append("r1", TextDelta(text="late"))


def test_run_is_kept_until_the_hub_has_all_of_it(store: LinkStore) -> None:
    store.journal.begin("r1", SESSION)
    store.journal.append("r1", TextDelta(text="a"))
    assert not store.journal.confirm("r1", 2)
    assert store.journal.unconfirmed() == []
    store.journal.append("r1", _finish("a"))
    assert [run.acked_seq for run in store.journal.unconfirmed()] == [2]
    assert store.journal.confirm("r1", 3)
    assert store.journal.get("r1") is None
    assert _all(store, "r1") == []


def test_confirmation_of_the_future_counts_only_what_exists(store: LinkStore) -> None:
    store.journal.begin("r1", SESSION)
    assert not store.journal.confirm("r1", 99)
    store.journal.append("r1", TextDelta(text="a"))
    assert [run.acked_seq for run in store.journal.unconfirmed()] == [1]


def test_hub_can_ask_for_confirmed_events_of_an_open_run(store: LinkStore) -> None:
    store.journal.begin("r1", SESSION)
    store.journal.append("r1", TextDelta(text="a"))
    store.journal.confirm("r1", 2)
    assert store.journal.rewind("r1", 1)
    assert [run.acked_seq for run in store.journal.unconfirmed()] == [0]
    assert not store.journal.rewind("unknown", 1)


def test_finish_settles_the_message_that_was_answered(store: LinkStore) -> None:
    message = SendMessage(message_id="msg1", conversation_id="cnv1", agent_id="it-admin", text="hi")
    store.inbox.accept("obx1", message)
    store.journal.begin("r1", SESSION, in_reply_to="msg1", inbox_id="obx1")
    assert len(store.inbox.pending()) == 1
    store.journal.append("r1", _finish())
    assert store.inbox.pending() == []


def test_tool_events_move_into_the_run_once_and_in_order(store: LinkStore) -> None:
    for number in (1, 2):
        event = ToolStarted(tool_call_id=f"call{number}", tool_name="shell", summary="ls")
        store.put_tool_event("cnv1", SESSION.key, event)
    store.put_tool_event("cnv2", SESSION.key, ToolStarted(tool_call_id="x", tool_name="shell", summary="ls"))
    store.journal.begin("r1", SESSION)
    moved = store.journal.append_tool_events("r1")
    assert [event.body for event in moved] == [
        ToolStarted(tool_call_id="call1", tool_name="shell", summary="ls"),
        ToolStarted(tool_call_id="call2", tool_name="shell", summary="ls"),
    ]
    assert store.journal.append_tool_events("r1") == []
    assert store.conversations_with_tool_events() == ["cnv2"]


def test_restart_finds_open_runs_and_their_text(store: LinkStore, path: Path) -> None:
    store.journal.begin("r1", SESSION)
    store.journal.mark_sent("r1")
    store.journal.append("r1", TextDelta(text="Hello "))
    store.journal.append("r1", TextDelta(text="you"))
    store.close()
    again = LinkStore(path)
    (run,) = again.journal.unfinished()
    assert (run.run_id, run.session_key, run.gateway_run_id, run.is_sent) == ("r1", SESSION.key, "r1", True)
    assert again.journal.text("r1") == "Hello you"


def test_run_that_the_hub_refuses_is_not_sent_again(store: LinkStore) -> None:
    store.journal.begin("r1", SESSION)
    store.journal.forget("r1")
    store.journal.append("r1", _finish())
    assert store.journal.unconfirmed() == []
    assert store.journal.unfinished() == []


def test_follow_up_is_kept_until_it_was_handed_over(store: LinkStore) -> None:
    store.follow_ups.put(SESSION, "The backup is done.")
    (follow_up,) = store.follow_ups.waiting()
    store.journal.begin("r1", SESSION)
    assert store.follow_ups.waiting() == [follow_up]
    store.journal.mark_sent("r1", follow_up=follow_up.position)
    assert store.follow_ups.waiting() == []

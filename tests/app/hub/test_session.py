"""The hub's side of the protocol as a script of frames."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from letsbe_app.hub.session import (
    WINDOW,
    Arrived,
    Confirmed,
    LinkClosed,
    LinkSession,
    NotUnderstood,
    Opened,
    Refused,
)
from letsbe_app.relay.outbox import Waiting
from tenant_daemon.contracts.chat import StopRun
from tenant_daemon.contracts.commands import ConfigApplied
from tenant_daemon.contracts.envelope import MAX_FRAME_BYTES, Acknowledged, DaemonEnvelope, Hello, Rejected
from tenant_daemon.contracts.errors import CLOSE_BAD_MESSAGE, CLOSE_VERSION_UNSUPPORTED, ErrorCode
from tenant_daemon.contracts.version import PROTOCOL_VERSION

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def frame(payload: Any, message_id: str = "", seq: int = 0) -> str:
    return DaemonEnvelope(id=message_id, seq=seq, sent_at=NOW, payload=payload).model_dump_json()


def fresh() -> LinkSession:
    return LinkSession("ten_1", clock=lambda: NOW)


def opened() -> LinkSession:
    session = fresh()
    session.receive(frame(Hello(daemon_version="1", config_version=1)))
    session.take_frames()
    return session


def sent(session: LinkSession) -> list[dict[str, Any]]:
    return [json.loads(text) for text in session.take_frames()]


def waiting(*ids: str) -> list[Waiting]:
    return [Waiting(one, {"kind": "chat.stop", "conversation_id": one}) for one in ids]


def test_hello_is_answered_with_welcome() -> None:
    session = fresh()
    hello = Hello(daemon_version="1", config_version=3)
    assert session.receive(frame(hello)) == Opened(hello, int(NOW.timestamp() * 1_000_000))
    [welcome] = sent(session)
    assert welcome["payload"] == {
        "kind": "link.welcome",
        "protocol_version": PROTOCOL_VERSION,
        "tenant_id": "ten_1",
        "server_time": "2026-11-21T09:00:00Z",
    }


def test_a_daemon_that_counts_its_links_is_not_asked_for_the_time() -> None:
    opened = fresh().receive(frame(Hello(daemon_version="1", config_version=3, link_number=42)))
    assert isinstance(opened, Opened)
    assert opened.link_number == 42


@pytest.mark.parametrize("second", [6, 7])
def test_replayed_or_reordered_message_closes_the_connection(second: int) -> None:
    session = opened()
    for seq in (5, 7):
        session.receive(frame(ConfigApplied(version=1, is_applied=True), f"m{seq}", seq))
    with pytest.raises(LinkClosed, match="out_of_order") as closed:
        session.receive(frame(ConfigApplied(version=1, is_applied=True), "again", second))
    assert closed.value.code == CLOSE_BAD_MESSAGE


def test_durable_messages_are_numbered_and_a_later_session_goes_on_counting() -> None:
    session = opened()
    session.resume(["o1"], 4)
    session.offer(waiting("o1", "o2"))
    session.send(StopRun(conversation_id="c"), "cfg_1")
    session.send(Acknowledged(ids=["m1"]))
    assert [(one["id"], one["seq"]) for one in sent(session)] == [("o2", 5), ("cfg_1", 6), ("", 0)]
    assert (session.under_way, session.sent_seq) == (["o1", "o2"], 6)


def test_newer_daemon_is_told_our_version() -> None:
    session = fresh()
    session.receive(frame(Hello(protocol_version=99, daemon_version="9", config_version=1)))
    assert sent(session)[0]["payload"]["protocol_version"] == PROTOCOL_VERSION


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (frame(ConfigApplied(version=1, is_applied=True), "m1"), CLOSE_BAD_MESSAGE),
        (frame(Hello(protocol_version=0, daemon_version="0", config_version=1)), CLOSE_VERSION_UNSUPPORTED),
        ("{", CLOSE_BAD_MESSAGE),
        (b"\xff\xfe", CLOSE_BAD_MESSAGE),
        ('{"id":"m1","sent_at":"2026-11-21T09:00:00Z","payload":{"kind":"new"}}', CLOSE_BAD_MESSAGE),
    ],
)
def test_first_frame_must_be_a_hello(text: str | bytes, code: int) -> None:
    with pytest.raises(LinkClosed) as closed:
        fresh().receive(text)
    assert closed.value.code == code


DEEP = {
    "objects": '{"a":' * 50_000,
    "lists": "[" * 100_000,
    "with-an-id": '{"id":"m1","b":' + "[" * 100_000,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_frame_that_is_too_deep_to_be_read_closes(text: str) -> None:
    for session in (fresh(), opened()):
        with pytest.raises(LinkClosed) as closed:
            session.receive(text)
        assert closed.value.code == CLOSE_BAD_MESSAGE


def test_frame_over_the_limit_closes_although_it_has_an_id() -> None:
    text = json.dumps({"id": "m1", "padding": "x" * MAX_FRAME_BYTES})
    with pytest.raises(LinkClosed):
        opened().receive(text)


def test_bad_payload_with_an_id_is_rejected_by_it_and_never_repeated() -> None:
    session = opened()
    bad = '{"id":"m1","sent_at":"2026-11-21T09:00:00Z","payload":{"kind":"config.applied","version":"hush"}}'
    event = session.receive(bad)
    assert isinstance(event, NotUnderstood)
    [rejection] = sent(session)
    assert (rejection["payload"]["id"], rejection["payload"]["code"]) == ("m1", "bad_message")
    assert "hush" not in json.dumps(rejection)


def test_unknown_kind_without_an_id_is_dropped() -> None:
    session = opened()
    event = session.receive('{"id":"","sent_at":"2026-11-21T09:00:00Z","payload":{"kind":"new"}}')
    assert isinstance(event, NotUnderstood)
    assert event.code is ErrorCode.UNKNOWN_KIND
    assert sent(session) == []


def test_message_arrives_and_acknowledgements_go_out_together() -> None:
    session = opened()
    for number in (1, 2):
        event = session.receive(frame(ConfigApplied(version=1, is_applied=True), f"m{number}"))
        assert isinstance(event, Arrived)
        session.acknowledge(event.envelope.id)
    [ack] = sent(session)
    assert ack["payload"] == {"kind": "link.ack", "ids": ["m1", "m2"]}


def test_waiting_messages_go_out_once_until_they_are_forgotten() -> None:
    session = opened()
    session.offer(waiting("a", "b"))
    session.offer(waiting("a", "b", "c"))
    assert [one["id"] for one in sent(session)] == ["a", "b", "c"]
    assert session.receive(frame(Acknowledged(ids=["a"]))) == Confirmed(["a"])
    session.offer(waiting("a"))
    assert sent(session) == []
    session.forget(["a"])
    session.offer(waiting("a"))
    assert [one["id"] for one in sent(session)] == ["a"]


def test_window_bounds_what_is_under_way() -> None:
    session = opened()
    session.offer(waiting(*(str(number) for number in range(WINDOW + 10))))
    assert len(sent(session)) == WINDOW
    assert session.room == 0
    session.forget(["0", "1"])
    assert session.room == 2


def test_refusal_of_the_daemon_is_an_event() -> None:
    session = opened()
    event = session.receive(frame(Rejected(id="a", code=ErrorCode.NOT_FOUND, detail="no")))
    assert event == Refused("a", ErrorCode.NOT_FOUND, "no")


def test_confirmations_of_a_run_are_one_word_and_not_urgent() -> None:
    session = opened()
    for seq in (1, 2, 3):
        session.acknowledge_run("run_1", seq)
    assert (session.has_frames, session.has_urgent_frames) == (True, False)
    [ack] = sent(session)
    assert ack["payload"] == {"kind": "run.ack", "run_id": "run_1", "seq": 3}
    assert not session.has_frames


def test_asking_again_voids_the_confirmation() -> None:
    session = opened()
    session.acknowledge_run("run_1", 3)
    session.ask_again("run_1", 1)
    [resend] = sent(session)
    assert resend["payload"] == {"kind": "run.resend", "run_id": "run_1", "from_seq": 1}

"""The session as a script of frames and answers."""

import json
from datetime import datetime, timedelta

import pytest

from tenant_daemon.contracts.approvals import ApprovalDecided, Verdict
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.chat import (
    RunAcknowledged,
    RunEvent,
    RunResend,
    SendMessage,
    StopRun,
    TextDelta,
)
from tenant_daemon.contracts.envelope import (
    MAX_FRAME_BYTES,
    Acknowledged,
    Hello,
    HubEnvelope,
    HubPayload,
    Rejected,
    Welcome,
    parse_daemon_frame,
)
from tenant_daemon.contracts.errors import ErrorCode
from tenant_daemon.contracts.secrets import RevealAsked
from tenant_daemon.hub_client.protocol import (
    OUTBOX_WINDOW,
    RUN_WINDOW,
    Arrived,
    LinkSession,
    NotUnderstood,
    OutboxConfirmed,
    ProtocolError,
    RefusedByHub,
    ResendWanted,
    RunConfirmed,
    Welcomed,
)

HELLO = Hello(daemon_version="0.1.0", config_version=3)
MESSAGE = SendMessage(message_id="msg1", conversation_id="cnv1", agent_id="it-admin", text="hi")


def _frame(payload: HubPayload, message_id: str = "") -> str:
    return HubEnvelope(id=message_id, sent_at=utc_now(), payload=payload).model_dump_json()


def _numbered(message_id: str, seq: int) -> str:
    return HubEnvelope(id=message_id, seq=seq, sent_at=utc_now(), payload=MESSAGE).model_dump_json()


def _welcome(version: int = 1) -> str:
    return _frame(Welcome(protocol_version=version, tenant_id="ten_1", server_time=utc_now()))


def _event(seq: int, run_id: str = "r1") -> RunEvent:
    return RunEvent(
        run_id=run_id,
        conversation_id="cnv1",
        run_number=1,
        seq=seq,
        created_at=utc_now(),
        body=TextDelta(text="a"),
    )


@pytest.mark.parametrize("wrong", [timedelta(minutes=10), timedelta(days=1), timedelta(days=-1)])
def test_what_may_be_done_for_a_while_is_so_by_a_wrong_clock_too(
    session: LinkSession, wrong: timedelta
) -> None:
    """A server that is ten minutes ahead would find each request of the portal too late."""
    hub_now = utc_now() - wrong
    asked = RevealAsked(
        request_id="sec_1",
        name="shop",
        public_key="k",
        asked_by="usr_1",
        expires_at=hub_now + timedelta(seconds=60),
    )
    decided = ApprovalDecided(
        approval_id="apr_1",
        verdict=Verdict.APPROVE_AND_REMEMBER,
        decided_by="usr_1",
        remember_until=hub_now + timedelta(days=30),
    )
    ends: list[datetime] = []
    for number, payload in enumerate((asked, decided), start=1):
        sent = HubEnvelope(id=f"m{number}", seq=number, sent_at=hub_now, payload=payload)
        arrived = session.receive(sent.model_dump_json())
        assert isinstance(arrived, Arrived)
        match arrived.payload:
            case RevealAsked(expires_at=end) | ApprovalDecided(remember_until=datetime() as end):
                ends.append(end)
    for end, seconds in zip(ends, (60, 30 * 86_400), strict=True):
        assert abs((end - utc_now()).total_seconds() - seconds) < 20


@pytest.fixture
def session() -> LinkSession:
    session = LinkSession(HELLO)
    session.receive(_welcome())
    return session


def test_nothing_is_sent_before_the_welcome() -> None:
    session = LinkSession(HELLO)
    assert parse_daemon_frame(session.open()).payload == HELLO
    assert (session.outbox_room(), session.run_room()) == (0, 0)
    assert session.receive(_welcome()) == Welcomed("ten_1")
    assert (session.outbox_room(), session.run_room()) == (OUTBOX_WINDOW, RUN_WINDOW)


def test_message_before_the_welcome_breaks_the_protocol() -> None:
    with pytest.raises(ProtocolError, match=r"chat\.stop before link\.welcome"):
        LinkSession(HELLO).receive(_frame(StopRun(conversation_id="cnv1"), "m1"))


@pytest.mark.parametrize("second", [1, 2])
def test_replayed_or_reordered_message_ends_the_connection(session: LinkSession, second: int) -> None:
    session.receive(_numbered("obx_1", 2))
    with pytest.raises(ProtocolError) as broken:
        session.receive(_numbered("obx_2", second))
    assert broken.value.code is ErrorCode.OUT_OF_ORDER


def test_durable_messages_are_numbered(session: LinkSession) -> None:
    frames = [session.send_message(7, f"out_{number}", "{}") for number in range(2)]
    assert [json.loads(frame)["seq"] for frame in frames] == [1, 2]


def test_hub_of_another_time_is_refused() -> None:
    with pytest.raises(ProtocolError) as caught:
        LinkSession(HELLO).receive(_welcome(version=99))
    assert caught.value.code is ErrorCode.VERSION_UNSUPPORTED


def test_message_arrives_and_is_confirmed(session: LinkSession) -> None:
    assert session.receive(_frame(MESSAGE, "m1")) == Arrived("m1", MESSAGE)
    assert parse_daemon_frame(session.acknowledge("m1")).payload == Acknowledged(ids=["m1"])


def test_durable_message_without_an_id_breaks_the_protocol(session: LinkSession) -> None:
    with pytest.raises(ProtocolError, match="without an id"):
        session.receive(_frame(MESSAGE))


def test_outbox_window_is_bounded_and_opens_with_confirmations(session: LinkSession) -> None:
    payload = Rejected(id="x", code=ErrorCode.NOT_FOUND).model_dump_json()
    for position in range(1, OUTBOX_WINDOW + 1):
        frame = session.send_message(position, f"out_{position}", payload)
    assert parse_daemon_frame(frame).id == f"out_{OUTBOX_WINDOW}"
    assert session.outbox_room() == 0
    assert session.receive(_frame(Acknowledged(ids=["out_1", "out_2"]))) == OutboxConfirmed(
        ["out_1", "out_2"]
    )
    assert session.outbox_room() == 2
    assert session.outbox_position == OUTBOX_WINDOW
    refused = session.receive(_frame(Rejected(id="out_3", code=ErrorCode.BAD_MESSAGE, detail="no")))
    assert refused == RefusedByHub("out_3", ErrorCode.BAD_MESSAGE, "no")
    assert session.outbox_room() == 3


def test_run_window_counts_all_runs(session: LinkSession) -> None:
    session.send_run_event(_event(1, "r1"))
    session.send_run_event(_event(2, "r1"))
    session.send_run_event(_event(5, "r2"))
    assert session.run_room() == RUN_WINDOW - 3
    assert session.receive(_frame(RunAcknowledged(run_id="r1", seq=2))) == RunConfirmed("r1", 2)
    assert session.run_room() == RUN_WINDOW - 1
    assert session.in_flight() == 1


def test_run_is_sent_from_where_it_was_confirmed(session: LinkSession) -> None:
    assert session.sent_seq("r1", acked_seq=4) == 4
    session.send_run_event(_event(5))
    assert session.sent_seq("r1", acked_seq=4) == 5
    session.forget_run("r1")
    assert session.in_flight() == 0


def test_hub_has_a_run_sent_again(session: LinkSession) -> None:
    for seq in (1, 2, 3):
        session.send_run_event(_event(seq))
    assert session.receive(_frame(RunResend(run_id="r1", from_seq=2))) == ResendWanted("r1", 2)
    assert session.sent_seq("r1", acked_seq=3) == 1


def test_message_of_a_newer_hub_is_rejected_by_its_id(session: LinkSession) -> None:
    event = session.receive('{"id":"m9","sent_at":"2026-11-21T00:00:00Z","payload":{"kind":"chat.sing"}}')
    assert isinstance(event, NotUnderstood)
    assert event.code is ErrorCode.UNKNOWN_KIND
    assert event.reply is not None
    reply = parse_daemon_frame(event.reply).payload
    assert isinstance(reply, Rejected)
    assert (reply.id, reply.code) == ("m9", ErrorCode.UNKNOWN_KIND)


NO_FRAMES = {
    "empty": "",
    "broken": "{",
    "list": "[]",
    "null": "null",
    "no-envelope": '{"id":7}',
    "too-large": "x" * (MAX_FRAME_BYTES + 1),
    "deep-objects": '{"a":' * 50_000,
    "deep-lists": "[" * 100_000,
    "deep-with-an-id": '{"id":"m1","b":' + "[" * 100_000,
}


@pytest.mark.parametrize("frame", NO_FRAMES.values(), ids=NO_FRAMES)
def test_frame_that_is_none_ends_the_connection(session: LinkSession, frame: str) -> None:
    event = session.receive(frame)
    assert isinstance(event, NotUnderstood)
    assert event.reply is None

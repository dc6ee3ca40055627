"""Servers whose clocks are wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from letsbe_app.hub.clock_skew import on_our_clock
from tenant_daemon.contracts.changes import ChangeKind, ChangeRecorded
from tenant_daemon.contracts.envelope import DaemonEnvelope
from tenant_daemon.contracts.notices import AgentHeldBack
from tenant_daemon.contracts.secrets import CanarySeen, SecretsListed, SecretSummary
from tests.support.live_hub import Customer, LiveHub, daemon
from tests.support.portal import approval_request

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DAY = timedelta(hours=24)


@pytest.mark.parametrize("ahead", [timedelta(days=-400), timedelta(hours=-3), timedelta(hours=30)])
def test_a_question_is_open_here_as_long_as_there(ahead: timedelta) -> None:
    asked = approval_request(None, created_at=NOW + ahead, expires_at=NOW + ahead + DAY)
    # It waited for two hours before it could be sent.
    later = NOW + timedelta(hours=2)
    moved = on_our_clock(asked, later + ahead, later)

    assert (moved.created_at, moved.expires_at) == (NOW, NOW + DAY)
    assert moved.model_copy(update={"created_at": asked.created_at, "expires_at": asked.expires_at}) == asked


@pytest.mark.parametrize("ahead", [timedelta(hours=-2), timedelta(hours=2)])
def test_what_people_read_as_a_time_is_one_of_ours(ahead: timedelta) -> None:
    wrong = NOW + ahead
    change = ChangeRecorded(
        change_id="chg_1",
        conversation_id=None,
        agent_id="it-admin",
        tool_call_id="call_1",
        change=ChangeKind.CHANGED,
        path="a.md",
        created_at=wrong,
        undo_until=wrong + timedelta(days=7),
    )
    seen = CanarySeen(alarm_id="can_1", name="trap", door="log", seen_at=wrong)
    listed = SecretsListed(
        secrets=[
            SecretSummary(name="used", version=1, changed_at=wrong, used_at=wrong),
            SecretSummary(name="unused", version=1, changed_at=wrong - DAY),
        ]
    )

    moved = on_our_clock(change, wrong, NOW)
    assert (moved.created_at, moved.undo_until) == (NOW, NOW + timedelta(days=7))
    assert on_our_clock(seen, wrong, NOW).seen_at == NOW
    assert [(one.changed_at, one.used_at) for one in on_our_clock(listed, wrong, NOW).secrets] == [
        (NOW, NOW),
        (NOW - DAY, None),
    ]


def test_what_names_something_by_its_time_keeps_it() -> None:
    held = AgentHeldBack(agent_id="it-admin", told="was too fast", held_at=NOW + DAY)
    assert on_our_clock(held, NOW + DAY, NOW) is held


def test_what_frames_take_on_their_way_is_no_skew() -> None:
    asked = approval_request(None, created_at=NOW, expires_at=NOW + DAY)
    assert on_our_clock(asked, NOW, NOW + timedelta(seconds=50)) is asked


def test_no_time_is_too_wrong_to_be_taken() -> None:
    asked = approval_request(None, created_at=NOW, expires_at=datetime.max.replace(tzinfo=UTC))
    assert on_our_clock(asked, datetime.min.replace(tzinfo=UTC), NOW) is asked


async def test_a_server_a_week_behind_can_be_answered(hub: LiveHub, customer: Customer) -> None:
    behind = datetime.now(UTC) - timedelta(days=7)
    asked = approval_request(None, created_at=behind, expires_at=behind + DAY)
    frame = DaemonEnvelope(id="out_skewed", seq=1, sent_at=behind, payload=asked)
    async with daemon(hub.workers[0], customer.api_key) as link:
        await link.connection.send(frame.model_dump_json())
        await link.next("link.ack", lambda ack: "out_skewed" in ack.ids)

    waiting = await hub.workers[0].services.approvals.list_open(customer.actor)
    assert [one.id for one in waiting.items] == [asked.approval_id]


async def test_what_a_server_a_week_behind_has_changed_can_be_undone(
    hub: LiveHub, customer: Customer
) -> None:
    behind = datetime.now(UTC) - timedelta(days=8)
    change = ChangeRecorded(
        change_id="chg_behind",
        conversation_id=None,
        agent_id="it-admin",
        tool_call_id="call_1",
        change=ChangeKind.CHANGED,
        path="a.md",
        created_at=behind,
        undo_until=behind + timedelta(days=7),
    )
    frame = DaemonEnvelope(id="out_behind", seq=1, sent_at=behind, payload=change)
    async with daemon(hub.workers[0], customer.api_key) as link:
        await link.connection.send(frame.model_dump_json())
        await link.next("link.ack", lambda ack: "out_behind" in ack.ids)
        await hub.workers[0].services.changes.undo(customer.actor, "chg_behind")
        wish = await link.next("change.undo")

    assert wish.payload.change_id == "chg_behind"

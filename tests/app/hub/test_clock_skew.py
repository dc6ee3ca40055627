"""Servers whose clocks are wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from letsbe_app.hub.clock_skew import on_our_clock
from tenant_daemon.contracts.envelope import DaemonEnvelope
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

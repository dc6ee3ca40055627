"""Quiet hours, over midnight and across the change of clocks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letsbe_app.db.models import NoticePreference
from letsbe_app.notify.quiet_hours import due_at

NIGHT = NoticePreference(user_id="usr_1", quiet_from="22:00", quiet_until="07:00", time_zone="Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-21T20:59", "2026-11-21T20:59"),
        ("2026-11-21T21:00", "2026-11-22T06:00"),
        ("2026-11-22T05:59", "2026-11-22T06:00"),
        ("2026-11-22T06:00", "2026-11-22T06:00"),
        # The night in which clocks go back is an hour longer.
        ("2026-10-24T20:00", "2026-10-25T06:00"),
        # The one in which they go forward is an hour shorter.
        ("2026-03-28T21:00", "2026-03-29T05:00"),
    ],
)
def test_a_word_waits_until_the_morning(now: str, due: str) -> None:
    assert due_at(at(now), at(now) + timedelta(days=1), NIGHT, is_urgent=False) == at(due)


@pytest.mark.parametrize(
    ("until", "now", "due"),
    [
        # 02:15 comes twice, and each time it is quiet until 02:30.
        ("02:30", "2026-10-25T00:15", "2026-10-25T00:30"),
        ("02:30", "2026-10-25T01:15", "2026-10-25T01:30"),
        # 02:30 does not come at all.
        ("02:30", "2026-03-29T00:30", "2026-03-29T01:30"),
    ],
)
def test_an_hour_that_comes_twice_or_never_is_no_hole(until: str, now: str, due: str) -> None:
    wanted = NIGHT.model_copy(update={"quiet_until": until})

    assert due_at(at(now), at(now) + timedelta(days=1), wanted, is_urgent=False) == at(due)


def test_a_zone_that_is_no_longer_known_delays_nobodys_words_for_ever() -> None:
    wanted = NIGHT.model_copy(update={"time_zone": "Europe/Atlantis"})
    now = at("2026-11-21T23:00")

    assert due_at(now, now + timedelta(days=1), wanted, is_urgent=False) == at("2026-11-22T07:00")


def test_what_would_come_too_late_and_what_is_urgent_comes_now() -> None:
    now = at("2026-11-21T23:00")

    assert due_at(now, now + timedelta(hours=2), NIGHT, is_urgent=False) == now
    assert due_at(now, now + timedelta(days=1), NIGHT, is_urgent=True) == now


@pytest.mark.slow
@given(
    st.integers(0, 365 * 24 * 60).map(lambda minutes: at("2026-01-01") + timedelta(minutes=minutes)),
    st.times().map(lambda time: f"{time:%H:%M}"),
    st.times().map(lambda time: f"{time:%H:%M}"),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"]),
)
def test_nothing_waits_longer_than_a_day_or_comes_early(
    now: datetime, begin: str, end: str, zone: str
) -> None:
    wanted = NoticePreference(user_id="usr_1", quiet_from=begin, quiet_until=end, time_zone=zone)
    due = due_at(now, now + timedelta(days=9), wanted, is_urgent=False)

    assert now <= due <= now + timedelta(hours=26)

"""When deliveries are tried again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from letsbe_app.webhooks.schedule import PAUSES_SECONDS, is_given_up, next_attempt

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def test_pauses_grow_over_hours_and_end() -> None:
    times = [next_attempt(count, NOW, chance=lambda: 0.5) for count in range(1, 12)]

    assert times[:-1] == [NOW + timedelta(seconds=pause) for pause in PAUSES_SECONDS]
    assert times[-1] is None
    assert sum(PAUSES_SECONDS) > 24 * 3_600


@given(st.floats(0, 1, exclude_max=True), st.integers(1, len(PAUSES_SECONDS)))
def test_chance_moves_a_pause_by_a_fifth_at_most(chance: float, count: int) -> None:
    then = next_attempt(count, NOW, chance=lambda: chance)

    assert then is not None
    seconds = (then - NOW).total_seconds()
    assert 0.79 * PAUSES_SECONDS[count - 1] <= seconds <= 1.21 * PAUSES_SECONDS[count - 1]


def test_a_receiver_can_ask_for_a_longer_pause_and_for_no_shorter_or_endless_one() -> None:
    def after(asked: int) -> datetime | None:
        return next_attempt(2, NOW, asked, lambda: 0.5)

    assert after(600) == NOW + timedelta(minutes=10)
    assert after(1) == NOW + timedelta(seconds=30)
    assert after(999_999) == NOW + timedelta(hours=12)


def test_an_address_is_given_up_after_three_days() -> None:
    assert not is_given_up(NOW - timedelta(days=2, hours=23), NOW)
    assert is_given_up(NOW - timedelta(days=3), NOW)

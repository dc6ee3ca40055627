"""Answers rest between two looks when many are open."""

from contextlib import ExitStack

import pytest

from tenant_daemon.egress import pace as pace_module
from tenant_daemon.egress.pace import Pace


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pace_module, "time", clock)
    return clock


def look(pace: Pace, clock: Clock, seconds: float, times: int = 200) -> None:
    for _ in range(times):
        with pace.look():
            clock.now += seconds


def test_single_answer_never_rests(clock: Clock) -> None:
    pace = Pace()
    with pace.answer():
        look(pace, clock, 0.01)
        assert pace.seconds == 0


def test_many_answers_leave_most_of_the_time_to_others(clock: Clock) -> None:
    pace = Pace()
    look(pace, clock, 0.0005)
    with ExitStack() as answers:
        for _ in range(50):
            answers.enter_context(pace.answer())
        assert 50 * 0.0005 / pace.seconds == pytest.approx(0.25, rel=0.05)
    assert pace.seconds == 0


def test_nobody_waits_longer_than_a_person_would_notice(clock: Clock) -> None:
    pace = Pace()
    look(pace, clock, 1.0)
    with pace.answer(), pace.answer():
        assert pace.seconds == pytest.approx(0.15)

"""Positions and gaps."""

import pytest

from letsbe_app.relay.event_id import START, EventId
from letsbe_app.relay.stream import StreamEvent
from letsbe_app.relay.watch import Gap, Turn, Watch


def event(run_number: int, seq: int, kind: str = "delta") -> StreamEvent:
    return StreamEvent(EventId(run_number, seq), f"run_{run_number}", {"type": kind})


@pytest.mark.parametrize(
    ("position", "is_between_runs", "arriving", "turn"),
    [
        (START, True, (1, 1), Turn.NEXT),
        (START, True, (4, 1), Turn.NEXT),
        (START, True, (4, 2), Turn.AHEAD),
        (EventId(3, 0), True, (3, 1), Turn.NEXT),
        (EventId(3, 0), True, (4, 1), Turn.NEXT),
        (EventId(3, 7), False, (3, 8), Turn.NEXT),
        (EventId(3, 7), False, (3, 7), Turn.PAST),
        (EventId(3, 7), False, (2, 9), Turn.PAST),
        (EventId(3, 7), False, (3, 9), Turn.AHEAD),
        (EventId(3, 7), False, (4, 1), Turn.AHEAD),
        (EventId(3, 7), True, (4, 1), Turn.NEXT),
        (EventId(3, 7), True, (4, 2), Turn.AHEAD),
    ],
)
def test_turn(position: EventId, is_between_runs: bool, arriving: tuple[int, int], turn: Turn) -> None:
    watch = Watch(position, is_between_runs=is_between_runs)
    assert watch.turn(event(*arriving)) is turn


def test_run_that_ended_lets_the_next_one_follow() -> None:
    watch = Watch(START, is_between_runs=True)
    assert watch.take(event(1, 1)) == []
    assert watch.take(event(1, 2, "finished")) == []
    assert watch.take(event(2, 1)) == []
    assert watch.position == EventId(2, 1)


def test_hole_within_a_run_names_the_run() -> None:
    watch = Watch(EventId(1, 1), is_between_runs=False)
    assert watch.take(event(1, 4)) == [Gap(1, "run_1")]
    assert watch.take(event(1, 5)) == []


def test_lost_end_and_lost_beginning_are_two_gaps() -> None:
    watch = Watch(START, is_between_runs=True)
    watch.take(event(1, 1))
    assert watch.take(event(2, 3)) == [Gap(1, "run_1"), Gap(2, "run_2")]


def test_run_that_the_reader_never_saw_has_no_id() -> None:
    watch = Watch(EventId(1, 5), is_between_runs=False)
    assert watch.take(event(2, 1)) == [Gap(1, "")]


def test_open_run_is_the_one_whose_end_is_awaited() -> None:
    assert Watch(START, is_between_runs=True).open_run is None
    assert Watch(EventId(3, 0), is_between_runs=True).open_run == 3
    watch = Watch(EventId(3, 4), is_between_runs=False)
    assert watch.open_run == 3
    watch.give_up_run()
    assert watch.open_run is None
    assert watch.turn(event(4, 1)) is Turn.NEXT
    watch.take(event(4, 1))
    assert watch.open_run == 4
    watch.take(event(4, 2, "finished"))
    assert watch.open_run is None

"""Growing deltas."""

from typing import Any

from letsbe_app.api.live.coalescer import MAX_DELTA_LENGTH, Coalescer
from letsbe_app.api.live.frames import PONG, gap_frame, run_frame, wake_frame
from letsbe_app.relay.event_id import EventId


def delta(seq: int, text: str, conversation_id: str = "c1", run_number: int = 1) -> dict[str, Any]:
    body = {"type": "delta", "text": text}
    return run_frame(conversation_id, EventId(run_number, seq), f"{conversation_id}-{run_number}", body)


def filled(*frames: dict[str, Any]) -> Coalescer:
    coalescer = Coalescer()
    for frame in frames:
        coalescer.put(frame)
    return coalescer


def test_deltas_of_a_run_become_one_with_the_last_id() -> None:
    assert filled(delta(1, "a"), delta(2, "b"), delta(3, "c")).take() == [delta(3, "abc")]


def test_deltas_of_two_conversations_grow_side_by_side() -> None:
    frames = filled(delta(1, "a"), delta(1, "x", "c2"), delta(2, "b"), delta(2, "y", "c2")).take()
    assert frames == [delta(2, "ab"), delta(2, "xy", "c2")]


def test_anything_else_of_the_conversation_ends_the_growth() -> None:
    tool = run_frame("c1", EventId(1, 2), "c1-1", {"type": "tool_started"})
    assert filled(delta(1, "a"), tool, delta(3, "b")).take() == [delta(1, "a"), tool, delta(3, "b")]
    gap = gap_frame("c1", "c1-1")
    assert filled(delta(1, "a"), gap, delta(9, "b")).take() == [delta(1, "a"), gap, delta(9, "b")]


def test_next_run_begins_a_frame_of_its_own() -> None:
    frames = [delta(1, "a"), delta(1, "b", run_number=2)]
    assert filled(*frames).take() == frames


def test_frame_stays_below_its_limit() -> None:
    frames = filled(*(delta(seq, "x" * 5_000) for seq in range(1, 4))).take()
    assert [len(frame["body"]["text"]) for frame in frames] == [5_000, 5_000, 5_000]
    assert MAX_DELTA_LENGTH == 8_192


def test_same_wake_waits_once_and_comes_again_later() -> None:
    coalescer = filled(wake_frame("tenant", "t"), PONG, wake_frame("tenant", "t"), wake_frame("tenant", "u"))
    assert coalescer.take() == [wake_frame("tenant", "t"), PONG, wake_frame("tenant", "u")]
    coalescer.put(wake_frame("tenant", "t"))
    assert len(coalescer) == 1


def test_what_was_put_in_stays_as_it_was() -> None:
    first = delta(1, "a")
    filled(first, delta(2, "b")).take()
    assert first == delta(1, "a")


def test_only_deltas_may_wait() -> None:
    assert filled(delta(1, "a")).has_only_deltas
    assert not filled(delta(1, "a"), PONG).has_only_deltas

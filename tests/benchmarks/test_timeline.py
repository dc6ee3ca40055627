"""Joining the times of one text at several places."""

import json

import pytest

from benchmarks.thread.timeline import (
    Growth,
    between,
    delays,
    event_lengths,
    model_words,
    pace,
    percentiles,
    steps,
)

MODEL = [Growth(10.0, 3), Growth(10.1, 7), Growth(10.2, 12)]


def test_a_word_has_arrived_when_the_text_is_as_long_as_with_it() -> None:
    page = [Growth(10.05, 3), Growth(10.25, 10), Growth(10.3, 12)]
    assert delays(MODEL, page) == pytest.approx([0.05, 0.15, 0.1])


def test_words_that_arrive_together_waited_differently() -> None:
    assert delays(MODEL, [Growth(10.3, 12)]) == pytest.approx([0.3, 0.2, 0.1])


def test_a_word_that_never_arrived_is_no_measurement() -> None:
    with pytest.raises(ValueError, match="12 characters, only to 7"):
        delays(MODEL, [Growth(10.3, 7)])


def test_between_two_places_each_word_counts_for_itself() -> None:
    assert between([0.1, 0.2], [0.15, 0.5]) == pytest.approx([0.05, 0.3])


def test_the_longest_answer_of_a_trace_is_the_story() -> None:
    def line(request: str, characters: int) -> str:
        return json.dumps({"request_id": request, "characters": characters, "realtime_ns": 5_000_000_000})

    assert model_words([line("a", 2), line("b", 3), line("b", 9)]) == [Growth(5.0, 3), Growth(5.0, 9)]
    assert model_words([]) == []


def test_events_say_how_long_the_answer_is() -> None:
    bodies = [
        ("1-1", {"type": "started"}),
        ("1-2", {"type": "delta", "text": "Once "}),
        ("1-3", {"type": "tool_started"}),
        ("1-4", {"type": "delta", "text": "upon"}),
        ("1-5", {"type": "finished", "text": "Once upon a time"}),
    ]
    assert event_lengths(bodies) == {"1-1": 0, "1-2": 5, "1-3": 5, "1-4": 9, "1-5": 16}


def test_pace_and_steps() -> None:
    assert pace(MODEL) == {
        "words": 3,
        "words_per_second": 10.0,
        "gap_p50_ms": 100.0,
        "gap_max_ms": 100.0,
    }
    # The second event brought nothing new.
    page = [Growth(1.0, 5), Growth(1.1, 5), Growth(1.2, 12)]
    assert steps(page, 3) == {"steps": 2, "words_per_step": 1.5, "gap_p50_ms": 200.0}


def test_percentiles_are_of_the_values_themselves() -> None:
    assert percentiles([number / 1_000 for number in range(100, 0, -1)]) == {
        "p50_ms": 51.0,
        "p95_ms": 96.0,
        "max_ms": 100.0,
    }

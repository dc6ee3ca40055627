"""
When each word was where: joins the model's times with those of the places behind it. Pure.

Every place sees the same text grow, in steps of its own. So a word is named by the length that the text has
with it, and it has arrived somewhere when the text there is that long.
"""

import bisect
import itertools
import json
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Growth:
    """From this moment on (seconds since 1970) the text had so many characters."""

    at: float
    characters: int


def delays(sent: Sequence[Growth], seen: Sequence[Growth]) -> list[float]:
    """
    Seconds between the two places, one per word of the first.

    Args:
        sent: Where the words come from, in order.
        seen: Where they arrive, in order.

    Raises:
        ValueError: A word never arrived.
    """
    lengths = [growth.characters for growth in seen]
    found = []
    for word in sent:
        place = bisect.bisect_left(lengths, word.characters)
        if place == len(seen):
            raise ValueError(
                f"the text never grew to {word.characters} characters, only to {max(lengths, default=0)}"
            )
        found.append(seen[place].at - word.at)
    return found


def between(earlier: Sequence[float], later: Sequence[float]) -> list[float]:
    """How long each word took from one place to another, given its delays at both."""
    return [after - before for before, after in zip(earlier, later, strict=True)]


def model_words(trace: Iterable[str]) -> list[Growth]:
    """
    The longest answer in the lines of the practice model's trace file.

    An agent's run may ask the model more than once; the story is the long one.
    """
    answers: dict[str, list[Growth]] = defaultdict(list)
    for line in trace:
        entry = json.loads(line)
        answers[entry["request_id"]].append(Growth(entry["realtime_ns"] / 1e9, entry["characters"]))
    return max(answers.values(), key=len, default=[])


def event_lengths(bodies: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, int]:
    """How long the answer is after each event of one run, by the event's id."""
    length, lengths = 0, {}
    for event_id, body in bodies:
        if body["type"] == "delta":
            length += len(body["text"])
        elif body["type"] == "finished":
            length = max(length, len(body["text"]))
        lengths[event_id] = length
    return lengths


def pace(words: Sequence[Growth]) -> dict[str, float]:
    """How fast the words came."""
    gaps = [(after.at - before.at) * 1_000 for before, after in itertools.pairwise(words)]
    seconds = words[-1].at - words[0].at
    return {
        "words": len(words),
        "words_per_second": round((len(words) - 1) / seconds, 1),
        "gap_p50_ms": round(statistics.median(gaps), 1),
        "gap_max_ms": round(max(gaps), 1),
    }


def steps(seen: Sequence[Growth], words: int) -> dict[str, float]:
    """In how many steps the text grew at a place, and how far they lay apart."""
    grown = [
        growth
        for index, growth in enumerate(seen)
        if not index or growth.characters > seen[index - 1].characters
    ]
    gaps = [(after.at - before.at) * 1_000 for before, after in itertools.pairwise(grown)]
    return {
        "steps": len(grown),
        "words_per_step": round(words / len(grown), 2),
        "gap_p50_ms": round(statistics.median(gaps), 1) if gaps else 0.0,
    }


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95 and the worst, in milliseconds."""
    ordered = sorted(seconds)

    def cut(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1_000, 1)

    return {"p50_ms": cut(0.5), "p95_ms": cut(0.95), "max_ms": cut(1.0)}

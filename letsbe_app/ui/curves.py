"""From a server's figures over time to drawn lines. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from letsbe_app.fleet.tenants.schemas import History, Sample
from letsbe_app.ui.text import texts

WIDTH: Final = 700
HEIGHT: Final = 100
POINTS: Final = 240
"""Of a line at most: no screen shows more, and each travels to the page."""
_GAP_STEPS: Final = 3
"""So many steps without a sample are a gap in the line."""

_DASH: Final = 8
"""Of the line's 700."""

Point = tuple[datetime, float]


@dataclass(frozen=True)
class Curve:
    """How one figure went."""

    name: str
    drawn: str
    """A line in a box of 700 by 100, as SVG's ``path`` takes it."""
    began_at: str
    ended_at: str
    """ISO 8601, of the line's two ends."""
    last: str
    told: str
    """The same in words, for whoever does not see it."""


def curves_of(history: History) -> list[Curve]:
    """How CPU, RAM and disk went; nothing where nothing is known."""
    t = texts().common
    names = ((t.processor, "cpu_percent"), (t.memory, "memory_percent"), (t.disk, "disk_percent"))
    found = [(name, _known(history.samples, field)) for name, field in names]
    return [_curve(name, points, history.step_seconds) for name, points in found if points]


def _known(samples: Sequence[Sample], field: str) -> list[Point]:
    return [(one.taken_at, value) for one in samples if (value := getattr(one, field)) is not None]


def _curve(name: str, points: list[Point], step_seconds: int) -> Curve:
    every = -(-len(points) // POINTS)
    shown = [_mean(points[start : start + every]) for start in range(0, len(points), every)]
    values = [value for _, value in points]
    told = texts().common.curve_told(name, f"{min(values):.0f}", f"{max(values):.0f}", f"{values[-1]:.0f}")
    longest = step_seconds * every * _GAP_STEPS
    return Curve(
        name=name,
        drawn=" ".join(_drawn(shown, longest)),
        began_at=shown[0][0].isoformat(),
        ended_at=shown[-1][0].isoformat(),
        last=f"{values[-1]:.0f} %",
        told=told,
    )


def _mean(points: Sequence[Point]) -> Point:
    return points[-1][0], sum(value for _, value in points) / len(points)


def _drawn(points: Sequence[Point], longest_seconds: float) -> Iterator[str]:
    began = points[0][0].timestamp()
    span = max(1.0, points[-1][0].timestamp() - began)
    before: float | None = None
    for number, (taken_at, value) in enumerate(points):
        at = taken_at.timestamp()
        place = f"{WIDTH * (at - began) / span:.1f},{HEIGHT - min(value, 100):.1f}"
        if before is not None and at - before <= longest_seconds:
            yield f"L{place}"
        else:
            behind = points[number + 1][0].timestamp() if number + 1 < len(points) else None
            is_alone = behind is None or behind - at > longest_seconds
            # What stands alone is seen as a dash, to the side on which there is room.
            dash = (_DASH if at - began <= span / 2 else -_DASH) if is_alone else 0
            yield f"M{place}h{dash}"
        before = at

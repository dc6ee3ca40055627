"""A reading of a text, and the way back to the original."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from tenant_daemon.redaction.tokens import long_tokens

Locate = Callable[[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a view that comes from ``[origin_start, origin_end)`` of its parent."""

    data: bytes
    origin_start: int
    origin_end: int
    locate: Locate | None = None
    """Offsets within ``data`` to offsets within the parent; None when only the whole can be named."""
    is_cut: bool = False
    """There is more behind it than was read."""


class View:
    """Segments in the parent's order, one after the other."""

    def __init__(self, segments: Sequence[Segment], parent: "View | None", *, joint: bytes = b"") -> None:
        self._parent = parent
        self._segments = segments
        self._starts = []
        position = 0
        for segment in segments:
            self._starts.append(position)
            position += len(segment.data) + len(joint)
        self.data = joint.join(segment.data for segment in segments)

    @cached_property
    def tokens(self) -> list[tuple[int, int]]:
        """The long words of this view."""
        return long_tokens(self.data)

    def spans(self, *, only_cut: bool) -> list[tuple[int, int]]:
        """Where the segments, or those that were cut, stand in the original text."""
        chosen = [s for s in self._segments if s.is_cut or not only_cut]
        parent = self._parent
        if parent is None:
            return [(s.origin_start, s.origin_end) for s in chosen]
        return [parent.origin(s.origin_start, s.origin_end) for s in chosen if s.origin_start < s.origin_end]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where ``[start, end)`` of this view stands in the original text; ``start < end``."""
        low, _ = self._place(start, start + 1)
        _, high = self._place(end - 1, end)
        return self._parent.origin(low, high) if self._parent else (low, high)

    def _place(self, start: int, end: int) -> tuple[int, int]:
        index = max(0, bisect_right(self._starts, start) - 1)
        segment, offset = self._segments[index], self._starts[index]
        if segment.locate is None:
            return segment.origin_start, segment.origin_end
        return segment.locate(start - offset, end - offset)


def original(data: bytes) -> View:
    """The text as it is."""
    return View([Segment(data, 0, len(data), lambda start, end: (start, end))], None)


def verbatim(data: bytes, start: int, end: int) -> Segment:
    """A part that is the same in the parent."""
    return Segment(data[start:end], start, end, lambda low, high: (start + low, start + high))

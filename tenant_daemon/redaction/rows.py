"""
Strings laid side by side, so that a secret which was cut over several of them is found.

Between two strings stands a separator that no pattern matches and that the projection drops.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from tenant_daemon.redaction.findings import Finding, Layer, redacted

SEPARATOR = b"\n\x1e\n"
_RUNS_OVER = frozenset({redacted("private-key")})
"""Guesses that run over strings: their rules say what every one of the strings has to look like."""
GAP = -1
"""The index of a piece that is no part of any leaf and keeps its neighbours apart."""
WALL = SEPARATOR + b"0\x1e" * 24 + SEPARATOR
"""
Such a piece. Unlike the separator it also keeps apart what is projected. No word and no sign of anything, so
that it is not read itself.
"""


class Row:
    """
    Leaves, or parts of them, side by side.

    Args:
        indexes: Which leaf each piece is from, or GAP.
        pieces: The pieces themselves.
        offsets: Where each stands in its leaf; all at the beginning when left out.
        joint: What stands between two pieces.
    """

    def __init__(
        self,
        indexes: Sequence[int],
        pieces: Sequence[bytes],
        offsets: Sequence[int] | None = None,
        joint: bytes = SEPARATOR,
    ) -> None:
        self._indexes = indexes
        self._pieces = pieces
        self._offsets = offsets
        self._joint = len(joint)
        self.data = joint.join(pieces)

    @cached_property
    def _starts(self) -> list[int]:
        starts, position = [], 0
        for piece in self._pieces:
            starts.append(position)
            position += len(piece) + self._joint
        return starts

    def running_over(self, words: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Those of the words, in order, that touch the end of a piece, and the nearest one on either side."""
        if not words:
            return []
        starts = self._starts
        edges = sorted(
            {*starts, *(start + len(piece) for start, piece in zip(starts, self._pieces, strict=True))}
        )
        chosen = []
        last = len(words) - 1
        for number, word in enumerate(words):
            # An edge that lies between the words around it touches the word, or has none nearer.
            at = bisect_left(edges, words[number - 1][0]) if number else 0
            if at < len(edges) and (number == last or edges[at] <= words[number + 1][1]):
                chosen.append(word)
        return chosen

    def per_leaf(self, findings: Sequence[Finding]) -> Iterator[tuple[int, Finding]]:
        """
        Each finding as ``(leaf index, finding within that leaf)``.

        A secret that runs over several leaves gives its placeholder to the first one and leaves nothing in
        the others. Guesses do not run over: what they saw of the next string was chance.
        """
        for finding in findings:
            at = bisect_right(self._starts, finding.start) - 1
            is_first = True
            while at < len(self._starts) and self._starts[at] < finding.end:
                start = max(0, finding.start - self._starts[at])
                end = min(len(self._pieces[at]), finding.end - self._starts[at])
                if start < end and self._indexes[at] >= 0:
                    offset = self._offsets[at] if self._offsets else 0
                    placeholder = finding.placeholder if is_first else ""
                    is_exact = finding.is_exact and end - start == finding.end - finding.start
                    yield (
                        self._indexes[at],
                        Finding(start + offset, end + offset, finding.layer, placeholder, is_exact),
                    )
                    is_first = False
                if finding.layer is not Layer.KNOWN and finding.placeholder not in _RUNS_OVER:
                    break
                at += 1

"""
Short texts without what names the pieces of something: ``first half: kV9m⏎second half: Q2xL``, or the same
line before each piece.

Lines that begin alike are read in ``stitched.py``; here only known secrets are looked for.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from tenant_daemon.redaction.views.view import EvenParts, Span, View

_LABEL = re.compile(
    rb"(?m)^[ \t+>-]*(?:[A-Za-z][\w.#-]{0,30}[:=][ \t]*)?"
    rb"(?:[A-Za-z0-9][\w.()#-]{0,24}(?: [\w.()#-]{1,24}){0,3} ?[:=][ \t]*)?[\"'`]?(?=[!-~\x80-\xff])"
)
_NEWLINE = b"\n"
_MOST_LINES = 200
_LONGEST_LABEL = 40


def without_labels(view: View) -> Iterator[View]:
    """The text without the labels of its lines, and without the line that stands between any two others."""
    data = view.data
    if not 0 < data.count(_NEWLINE) < _MOST_LINES:
        return
    for gone in (_labels(data), _separating_lines(data)):
        if len(gone) > 1:
            edges = [0, *(edge for span in gone for edge in span), len(data)]
            pieces = [data[start:end] for start, end in pairwise(edges)]
            yield View(EvenParts(pieces, [b""] * len(gone)), view)


def _labels(data: bytes) -> list[Span]:
    """The labels of lines one after the other; one line alone has no pieces of anything."""
    return [found.span() for found in _LABEL.finditer(data) if found.group().strip(b" \t+>-\"'`")]


def _separating_lines(data: bytes) -> list[Span]:
    lines = data.split(_NEWLINE)
    repeated = {
        line
        for line, other in zip(lines, lines[2:], strict=False)
        if line == other and 0 < len(line) <= _LONGEST_LABEL
    }
    if not repeated:
        return []
    spans, start = [], 0
    for line in lines:
        if line in repeated:
            spans.append((start, min(start + len(line) + 1, len(data))))
        start += len(line) + 1
    return spans

"""
What stands in one place of line after line, put together: a column of a table, what follows the labels of
items, the last word of each line.

Data that was encoded and then cut so shows nothing piece by piece, and what stands beside the pieces is
another thing on every line. Only in short texts, and only where the pieces together look like data.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, groupby

import re2

from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.views.stitched import with_line_breaks
from tenant_daemon.redaction.views.view import Parts, Span, View

_BORDERS = (
    (b"|", re.compile(rb"\|")),
    (b",", re.compile(rb",(?! )")),
    (b";", re.compile(rb";(?! )")),
    (b"\xe2\x94", re.compile(rb"\xe2\x94[\x82\x83]")),
    (b"\t", re.compile(rb"\t")),
    (b"  ", re.compile(rb" {2,}")),
)
"""What stands between two cells of a line, and what is there whenever it is; a line has one kind of it."""
_STRING = re.compile(rb"[^\x1e]+")
"""What stands between the separators of a row (``rows.py``): each string is read by itself."""
_LINE = re.compile(rb"[^\n]+")
_ELEMENT = re.compile(rb">([^<>\n]{1,64})</")
_LABEL = re2.compile(
    rb"(?:\A|\n|[;,] ?)[ \t>*+-]{0,8}[A-Za-z][\w.()#-]{0,24}(?: [\w.()#-]{1,24}){0,3} ?[:=][ \t]?[\"'`]?",
)
_AROUND = b" \t\r\"'`"
_MARKS = b".,;:!?)"
_RECORD_ENDS = (b"}", b"]")
_SHORTEST_WORD = 2
_MOST_LINES, _MOST_CELLS = 200, 24
_FEWEST = 2
_SHORTEST, _LONGEST = 12, 4_096
_LONGEST_PIECE = 1_024
_SHORTEST_KNOWN, _LONGEST_MEAN = 6, 16
"""Bytes of all pieces of a short secret, and of each on average: more of one shows most of it by itself."""
_BLANKS = b" \t\r\n"
_IN_NAMES = b"abcdefghijklmnopqrstuvwxyz/_-.,;:()"
_IN_HEX = b"0123456789abcdefABCDEFx,:-\\"
_DIGITS = b"0123456789.,:-"
_MOST_IN_ONE = 0.8
"""A piece that has more than this of the whole is found by itself, and what stands beside it stays."""
_SHARE = 6
"""Of what may be data, one character in so many is none that names and words consist of."""


def read_cells(view: View) -> tuple[View | None, View | None]:
    """
    Each such run of pieces as one: of those that look like data, and of the others; None for none.

    The others are to be searched for what is known, which may be so short that it looks like nothing.
    """
    data = with_line_breaks(view.data)
    telling, others = Parts(), Parts()
    seen: set[tuple[Span, ...]] = set()
    for run in chain.from_iterable(_runs(data, *found.span()) for found in _STRING.finditer(data)):
        spans = tuple(span for span in run if span[0] < span[1])
        if len(spans) < _FEWEST or spans in seen:
            continue
        seen.add(spans)
        sizes = [end - start for start, end in spans]
        size = sum(sizes)
        if max(sizes) > _MOST_IN_ONE * size:
            continue
        if _is_data(data, spans):
            _add(view.data, spans, telling)
        elif _SHORTEST_KNOWN <= size <= _LONGEST_MEAN * len(spans):
            _add(view.data, spans, others)
    return (View(telling, view) if telling else None, View(others, view) if others else None)


def _add(data: bytes, spans: Sequence[Span], parts: Parts) -> None:
    parts.add_all_same(data, spans)
    parts.add(SEPARATOR, spans[-1][1], spans[-1][1])


def _runs(data: bytes, start: int, end: int) -> Iterator[list[Span]]:
    lines = [found.span() for found in _LINE.finditer(data, start, end)]
    if len(lines) > _MOST_LINES:
        return
    if len(lines) >= _FEWEST:
        words = [_last_word(data, line) for line in lines]
        for is_word, run in groupby(words, lambda span: _is_word(data[slice(*span)])):
            if not is_word:
                yield list(run)
        bare = [line for line, word in zip(lines, words, strict=True) if word[0] == line[0]]
        if _FEWEST <= len(bare) < len(lines):
            yield bare  # Between lines that say what comes.
        string = data[start:end]
        for mark, border in _BORDERS:
            if mark not in string:
                continue
            yield from _columns(data, lines, border)
    yield [found.span(1) for found in _ELEMENT.finditer(data, start, end)]
    labels = [found.span() for found in _LABEL.finditer(data, start, end)]
    if len(labels) >= _FEWEST:
        ends = [*(start for start, _ in labels[1:]), end]
        yield [_stripped(data, behind, edge) for (_, behind), edge in zip(labels, ends, strict=True)]


def _last_word(data: bytes, line: Span) -> Span:
    text = data[slice(*line)].rstrip(_BLANKS)
    return line[0] + max(text.rfind(b" "), text.rfind(b"\t")) + 1, line[0] + len(text)


def _is_word(piece: bytes) -> bool:
    """Whether a line ends with a word of prose, or with the end of a record (``records.py``)."""
    if piece.rstrip(b",").endswith(_RECORD_ENDS):
        return True
    bare = piece.rstrip(_MARKS)
    return len(bare) >= _SHORTEST_WORD and bare.isalpha() and (bare.islower() or bare.istitle())


def _columns(data: bytes, lines: Sequence[Span], border: re.Pattern[bytes]) -> Iterator[list[Span]]:
    """The cells of each column of lines that follow each other and have as many cells."""
    rows = [_cells(data, line, border) for line in lines]
    for count, group in groupby(rows, len):
        if 1 < count <= _MOST_CELLS:
            yield from map(list, zip(*group, strict=True))


def _cells(data: bytes, line: Span, border: re.Pattern[bytes]) -> list[Span]:
    cells, start = [], line[0]
    for found in border.finditer(data, *line):
        cells.append(_stripped(data, start, found.start()))
        start = found.end()
    return [*cells, _stripped(data, start, line[1])]


def _stripped(data: bytes, start: int, end: int) -> Span:
    """A piece without the blanks and quotes around it."""
    piece = data[start:end]
    left = len(piece) - len(piece.lstrip(_AROUND))
    return start + left, max(start + left, start + len(piece.rstrip(_AROUND)))


def _is_data(data: bytes, spans: Sequence[Span]) -> bool:
    whole = b"".join([data[start:end] for start, end in spans]).translate(None, _BLANKS)
    if not _SHORTEST <= len(whole) <= min(_LONGEST, _LONGEST_PIECE * len(spans)):
        return False
    if not whole.translate(None, _DIGITS):
        return False  # Amounts and dates; what is known is looked for all the same.
    return len(whole.translate(None, _IN_NAMES)) * _SHARE >= len(whole) or not whole.translate(None, _IN_HEX)

"""
What stands in the same field of record after record of a text, or in one field after the other, put together.

``{"i": 0, "c": "kV9"}`` and ``{"i": 1, "c": "mQ2"}`` on the next line, in the next item of a list or in the
next call: each piece of what was cut so is too short to be known, and what stands between them is kept by the
projection. The fields are found by their quotes and a colon, so that JSON amid other text is seen too.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial

from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.views.view import Code, Parts, Span, View

_Values = Callable[[], list[Span]]
"""Where the values of a field stand; hardly ever asked for."""
_QUOTE = b'"'
_FEWEST_QUOTES = 4
_FEWEST = 2
LONGEST = 512
"""Bytes of a value; what is longer is read where it stands."""
LONGEST_MEAN = 24
"""Bytes of the values of a field, on average: longer pieces show most of a secret by themselves."""
NAME_SIZE = 8
"""Bytes at the end of a name by which it is told from others."""
_LEAST_DATA, MOST_DATA = 16, 8_192
_DATA = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-%&#;\\"
_MOST_OTHERS = 24
"""Bytes that are no data, of what stands around data; and one for every second value."""
_HEX_DIGITS = b"0123456789abcdefABCDEF"
_IN_NAMES = b"abcdefghijklmnopqrstuvwxyz0123456789/_-"
"""Base64 without any upper-case letter does not happen at this length; paths and names do."""
_SHORTEST_ID = 8
_SLASHES = (0, 1, 3)
"""Backslashes before the quotes of a JSON text, of one in its strings, and of one in the strings of that."""
_MOST_BACKSLASHES = 64
_BULK = 4_096
"""Bytes from which on working on whole columns pays."""
# Looked for at the first backslash of a run alone, so that long runs cost no more than their length.
_MARK = re.compile(rb"(?<!\\)(\\*)\"( ?:)?|[\n\x1e]")
_ROW_ENDS = b"\x1e"


def read_records(view: View) -> tuple[View | None, View | None]:
    """
    The values of each field that several records have, each field's as one; None when there are none.

    First those that may be pieces of something encoded; then all of them, to be searched for what is known.
    """
    data = view.data
    if data.count(_QUOTE) < _FEWEST_QUOTES:
        return None, None
    every, telling = _ColumnParts(data), _ColumnParts(data)
    for joined, count, values in _columns(data):
        if len(joined) <= LONGEST_MEAN * count:
            every.add_column(joined, values)
        for run in _data_runs(data, joined, count, values):
            telling.add_column(b"".join([data[start:end] for start, end in run]), partial(list, run))
    return (
        View(telling, view, is_apart=True) if telling else None,
        View(every, view, is_apart=True) if every else None,
    )


class _ColumnParts(Parts):
    """Values that are the same in the parent, with a separator behind each field; told apart when needed."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._joined: list[bytes] = []
        self._columns: list[_Values] = []
        self.cut = set()

    def __bool__(self) -> bool:
        return bool(self._columns)

    def add_column(self, joined: bytes, values: _Values) -> None:
        """Add the values of one field, in their order."""
        self._joined.append(joined)
        self._columns.append(values)

    def join(self, joint: bytes) -> bytes:
        return SEPARATOR.join([*self._joined, b""])

    def extent(self) -> Span:
        return self._columns[0]()[0][0], self._columns[-1]()[-1][1]

    def is_same(self, index: int) -> bool:
        return True

    @cached_property
    def datas(self) -> list[bytes]:  # type: ignore[override]
        """What each is."""
        return [self._data[start:end] if start < end else SEPARATOR for start, end in self.spans]

    @cached_property
    def spans(self) -> list[Span]:  # type: ignore[override]
        """Where each comes from in the parent."""
        columns = (values() for values in self._columns)
        return [span for spans in columns for span in (*spans, (spans[-1][1], spans[-1][1]))]

    @cached_property
    def codes(self) -> list[Code]:  # type: ignore[override]
        """How each is written there."""
        return [Code.SAME] * len(self.spans)


def _data_runs(data: bytes, whole: bytes, count: int, values: _Values) -> Iterator[list[Span]]:
    """Which values of a field, one after the other, may be one thing that was encoded, and then cut."""
    if not _LEAST_DATA <= len(whole) <= MOST_DATA or not _is_telling(whole):
        return
    others = len(whole.translate(None, _DATA))
    if 2 * others > count + _MOST_OTHERS:
        return  # Prose, dates, addresses.
    if not others:
        yield from _checked(data, values())
        return
    run: list[Span] = []
    for start, end in values():
        piece = data[start:end]
        if not piece.translate(None, _DATA):
            run.append((start, end))
            continue
        # It may end with the first word of this one, and another one may begin with the last word.
        if run:
            yield from _checked(data, [*run, (start, start + len(piece.split(b" ", 1)[0]))])
        run = [(start + piece.rfind(b" ") + 1, end)]
    yield from _checked(data, run)


def _is_telling(whole: bytes) -> bool:
    """Whether what may be data has capitals or nothing but hex digits; names and words have neither."""
    return bool(whole.translate(None, _IN_NAMES)) or not whole.translate(None, _HEX_DIGITS)


def _checked(data: bytes, run: list[Span]) -> Iterator[list[Span]]:
    whole = b"".join([data[start:end] for start, end in run])
    if len(run) < _FEWEST or len(whole) < _LEAST_DATA or not _is_telling(whole):
        return
    # Hashes and ids have one length, all of them; the last piece of what was cut is shorter.
    size = run[0][1] - run[0][0]
    if size < _SHORTEST_ID or any(end - start != size for start, end in run):
        yield run


def _columns(data: bytes) -> Iterator[tuple[bytes, int, _Values]]:
    """The values of each field that has several: joined, how many, and where."""
    if len(data) < _BULK:
        marks = list(_MARK.finditer(data))
        for slashes in _SLASHES:
            for spans in _few_columns(marks, data, slashes):
                if len(spans) >= _FEWEST:
                    whole = b"".join([data[start:end] for start, end in spans])
                    yield whole, len(spans), partial(list, spans)
        return
    # Short texts, and what starts often, do without it.
    from tenant_daemon.redaction.fields import columns

    for level in columns(data, LONGEST, LONGEST_MEAN, MOST_DATA):
        for number, joined in enumerate(level.joined()):
            yield joined, level.counts[number], partial(level.spans_of, number)


def _few_columns(marks: Iterable[re.Match[bytes]], data: bytes, level: int) -> Iterable[list[Span]]:
    found: dict[bytes, list[Span]] = {}
    in_order: list[Span] = []
    name, start = b"", -1
    for mark in marks:
        slashes, colon = mark.groups()
        if slashes is None:
            start = -1  # A string ends on its line, and one of a row has names of its own.
            name = b"" if mark.group() == _ROW_ENDS else name
        elif min(len(slashes), _MOST_BACKSLASHES) % (2 * level + 2) != level:
            continue
        elif start < 0:
            start = mark.end(1) + 1
        else:
            # Pairs of backslashes before those of the quote are the last characters of the string.
            end = mark.end(1) - level
            if colon:
                name = data[start:end][-NAME_SIZE:] or _QUOTE
            elif start < end <= start + LONGEST:
                found.setdefault(name, []).append((start, end))
                in_order.append((start, end))
            start = -1
    return [in_order, *found.values()] if len(found) > 1 else found.values()

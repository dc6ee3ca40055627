"""
Tokens of vendors whose characters, or short groups of them, stand apart.

``g.h.p._``, ``'sk-ant' + '-api03'``, ``a=AKIA..; b=..; echo $a$b``, ``0=g 1=h``, ``<b>g</b>``, one a line.
What is in front of every piece and behind it may differ, so a run is read in each of a few ways, and one
counts only when the beginning of a token comes out of it (``vendor_marks.py``).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.signs import Sign, sign_pattern
from tenant_daemon.redaction.views.vendor_marks import has_mark, names_secret
from tenant_daemon.redaction.views.view import Parts, Span, View

_WINDOW = 1_500
_BEFORE = 60
_NEARBY = 1_000
_LONGEST_REGION, _FEW_WINDOWS = 32_768, 3
_MOST_PIECE = 48
_FEWEST, _FEWEST_SINGLE = 2, 10
_MOST_SHIFT = 12
_MOST_MARKS = 4
_UNDERSCORE = 0x5F
_TOKEN = re.compile(rb"[A-Za-z0-9_./+=:-]+")
_UNBROKEN = re.compile(rb"[A-Za-z0-9_]{15}")


class _Reading(NamedTuple):
    """One way to read a window: to what it comes, and where the pieces of that stand."""

    join: Callable[[bytes], bytes]
    find: Callable[[bytes], Iterable[Span]]


# The same thing between any two pieces that have the same length.
_SINGLE = re.compile(
    rb"\S([^A-Za-z0-9](?:.{0,13}?[^A-Za-z0-9])??)(?:\S\1){%d,}\S" % _FEWEST_SINGLE, re.DOTALL
)
_GROUPS = [
    re.compile(
        rb"[\w.+/=:-]{%d}([^A-Za-z0-9](?:.{0,13}?[^A-Za-z0-9])??)(?:[\w.+/=:-]{%d}\1)+[\w.+/=:-]{1,%d}"
        % (size, size, size),
        re.DOTALL,
    )
    for size in range(2, 13)
]
_QUOTED = re.compile(rb"[\"'`]([^\\\"'`\n]{1,%d})\\?[\"'`](?!\s?:)(?!\])" % _MOST_PIECE)
_ASSIGNED = re.compile(rb"[\w\"'\])]\s{0,3}[=:]\s{0,3}\\?[\"'`]?([^\s\\\"'`,;{}]{1,%d})" % _MOST_PIECE)
_LISTED = re.compile(
    rb"(?:^|\n)[ \t]*(?:[-*+>]|\xe2\x80\xa2|\d{1,3}[.):]|\w{1,8} \d{1,3}:)?[ \t]*"
    rb"[\"'`]?([^\s\"'`]{1,%d})[\"'`]?,?"
    rb"(?=\r?\n|\Z)" % _MOST_PIECE
)
_TAGS = re.compile(rb"<[^<>\n]{1,40}>|/\*[^*\n]{0,40}\*/|\[/?[a-z]{1,6}\]")
_MARKUP = re.compile(rb"[^A-Za-z0-9_.:/=+\n-]{1,12}|\bthen\b")
_STARS = re.compile(rb"[^A-Za-z0-9_:/=\n-]{1,12}")
_DASHES = re.compile(rb"-(?=[A-Za-z0-9])")


def read_scattered(view: View) -> View | None:
    """The tokens that come out, each as one word; None when there are none."""
    parts = Parts()
    data = view.data
    if Sign.SCATTERED in view.signs:
        windows = list(_windows(data, Sign.SCATTERED))
        for start, _ in windows:
            _read_single(parts, data, start)
        _read_all(parts, data, windows)
    if Sign.BROKEN_MARK in view.signs:
        windows = list(_windows(data, Sign.BROKEN_MARK))
        for start, end in windows:
            for place in _marks(data, start, end):
                for size, pattern in enumerate(_GROUPS, 2):
                    _take(parts, data, _repeated(pattern, size, data, place))
        _read_all(parts, data, windows)
    return View(parts, view) if parts else None


def _windows(data: bytes, sign: Sign) -> Iterator[Span]:
    """Where something begins that may be a scattered token, and how far it may reach."""
    position = 0
    while found := sign_pattern(sign).search(data, position):
        start = found.start()
        whole = _TOKEN.match(data, start, start + _WINDOW) if sign is Sign.BROKEN_MARK else None
        if whole and _UNBROKEN.search(whole.group()):
            position = max(whole.end(), found.end())
            continue
        end = min(len(data), found.end() + _NEARBY)
        yield start, end
        # However many there are, a text is gone through about twice.
        position = max(found.end(), end - _NEARBY // 2)


def _marks(data: bytes, start: int, end: int) -> Iterator[int]:
    """Where the first few beginnings of tokens stand in a window."""
    position = start
    for _ in range(_MOST_MARKS):
        if not (found := sign_pattern(Sign.BROKEN_MARK).search(data, position, end)):
            return
        yield found.start() + (data[found.start()] == _UNDERSCORE)
        position = found.end()


def _read_single(parts: Parts, data: bytes, start: int) -> None:
    """One character after the other, from the first few places of a window on."""
    run: re.Match[bytes] | None = None
    for place in range(start, start + _MOST_SHIFT):
        step = 1 + len(run.group(1)) if run else 0
        # A run that begins later in this one needs no search.
        if not run or (place - run.start()) % step or place >= run.end():
            run = _SINGLE.match(data, place, place + _WINDOW)
        if run:
            _take_single(parts, data, place, run)
    behind = run.end() if run else start + _MOST_SHIFT
    for later in _SINGLE.finditer(data, behind, start + _WINDOW):
        _take_single(parts, data, later.start(), later)


def _take_single(parts: Parts, data: bytes, place: int, run: re.Match[bytes]) -> None:
    step = 1 + len(run.group(1))
    whole = data[place : run.end() : step]
    if names_secret(whole) or has_mark(whole):
        _add(parts, data, [(low, low + 1) for low in range(place, run.end(), step)])


def _read_all(parts: Parts, data: bytes, windows: Sequence[Span]) -> None:
    """Read windows in every way; side by side where they overlap, and one by one where something is found."""
    for region in _regions(windows):
        start, end = _from_line(data, region[0][0]), region[-1][1]
        readings = _READINGS
        if len(region) > _FEW_WINDOWS:
            readings = tuple(reading for reading in _READINGS if has_mark(reading.join(data[start:end])))
        if readings:
            for window in region:
                _read(parts, data, window, readings)


def _regions(windows: Sequence[Span]) -> Iterator[list[Span]]:
    region: list[Span] = []
    for start, end in windows:
        if region and (start >= region[-1][1] or end > region[0][0] + _LONGEST_REGION):
            yield region
            region = []
        region.append((start, end))
    if region:
        yield region


def _from_line(data: bytes, start: int) -> int:
    return max(data.rfind(b"\n", max(0, start - _BEFORE), start), start - _BEFORE, 0)


def _read(parts: Parts, data: bytes, span: Span, readings: Iterable[_Reading]) -> None:
    low = _from_line(data, span[0])
    window = data[low : span[1]]
    for reading in readings:
        if has_mark(reading.join(window)):
            _take(parts, data, [(low + first, low + last) for first, last in reading.find(window)])


def _take(parts: Parts, data: bytes, pieces: list[Span]) -> None:
    if len(pieces) >= _FEWEST and has_mark(b"".join(data[low:high] for low, high in pieces)):
        _add(parts, data, pieces)


def _add(parts: Parts, data: bytes, pieces: list[Span]) -> None:
    for low, high in pieces:
        parts.add_same(data, low, high)
    parts.add(SEPARATOR, pieces[-1][1], pieces[-1][1])


def _repeated(pattern: re.Pattern[bytes], size: int, data: bytes, start: int) -> list[Span]:
    run = pattern.match(data, start, start + _WINDOW)
    if not run:
        return []
    step = size + len(run.group(1))
    return [(low, min(low + size, run.end())) for low in range(run.start(), run.end(), step)]


def _captured(pattern: re.Pattern[bytes]) -> _Reading:
    return _Reading(
        join=lambda window: b"".join(pattern.findall(window)),
        find=lambda window: (found.span(1) for found in pattern.finditer(window)),
    )


def _without(pattern: "re.Pattern[bytes]") -> _Reading:
    def find(window: bytes) -> Iterator[Span]:
        position = 0
        for found in pattern.finditer(window):
            if position < found.start():
                yield position, found.start()
            position = found.end()
        if position < len(window):
            yield position, len(window)

    return _Reading(join=lambda window: pattern.sub(b"", window), find=find)


_READINGS: tuple[_Reading, ...] = (
    *(_captured(pattern) for pattern in (_QUOTED, _ASSIGNED, _LISTED)),
    *(_without(pattern) for pattern in (_TAGS, _MARKUP, _STARS, _DASHES)),
)

"""
A text without what stands between the pieces of something in it: the beginnings that lines have in common, as
those of logs, comments and listings, and what adds one string to another, ``'...';⏎$k .= '...'``.

A known secret in plain letters is often seen through both; what was encoded before it was cut is not.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import re2

from tenant_daemon.redaction.signs import Sign, sign_pattern
from tenant_daemon.redaction.views.surroundings import surroundings
from tenant_daemon.redaction.views.view import EvenParts, Span, View

LONGEST = 8_192
"""Bytes of a text up to which all its lines are looked at."""
_LONGEST_BEGINNING = 96
_MOST_CUTS = 16
_NEWLINE = b"\n"
_LINE_ENDS = frozenset({b"\n", b"\r", b"="})
_MOST_PADDING = 4

_DATA = rb"[A-Za-z0-9+/=_%&#;,{}\\-]"
_BEFORE_DATA = rb"[ \t|:>\])\"*/#+-]"
_OPTIONS = re2.Options()
_OPTIONS.encoding = re2.Options.Encoding.LATIN1
_LINES = re2.compile(
    rb"(?:[^\n]*%b%b{8,}[ \t]*\n)+[^\n]*%b%b+" % (_BEFORE_DATA, _DATA, _BEFORE_DATA, _DATA), _OPTIONS
)
"""Lines one after the other that end with words that may be data."""
_IN_NAMES = b"abcdefghijklmnopqrstuvwxyz/_-.,;:()"
_SHARE = 6
"""Of what may be data, one character in so many is none that names consist of."""
_CUT = re.compile(rb"(?:[|:>\])\"'=*/#%;+-]|\w)[ \t]+|[|:>\])\"'*/#%;+-]")
"""How a beginning ends."""
_NUMBERS = re.compile(rb"[0-9]+")
_BLANKS = re.compile(rb"[ \t]+")

# Only at the first backslash of a run, so that long runs cost no more than their length.
_QUOTE = rb"(?:(?<!\\)\\*)[\"'`]"
_BREAK = rb"(?:\\+r)?\r?(?:\\+n|\n)(?:[ \t]|\\+t){0,12}"
_TARGET = rb"[$@]?[A-Za-z_][\w.>-]{0,31}"
_CALL = rb"(?:[\w.>-]{0,24}(?:append|add|push|push_back|put|write|Write|WriteString|concat|print|emit))"
_JOINT = re.compile(
    rb"("
    # The next statement adds to what this one has.
    + (_QUOTE + rb"\)?;?" + _BREAK + rb"(?:" + _TARGET + rb"[ \t]?(?:(?:[+&]|\.\.?|\|\|)=|<<)[ \t]?")
    + (rb"|" + _TARGET + rb"[ \t]?=[ \t]?" + _TARGET + rb"[ \t]?(?:[+&]|\.\.?|\|\|)[ \t]?\(?")
    + (rb"|" + _CALL + rb"\()" + _QUOTE)
    # Or the next call.
    + (rb"|" + _QUOTE + rb"\)(?:" + _BREAK + rb")?\." + _CALL + rb"\(" + _QUOTE)
    # Nothing, written with marks; the next section of a text in XML.
    + (rb"|\$\{[ ]?" + _QUOTE + _QUOTE + rb"[ ]?\}|\]\]>\s{0,16}<!\[CDATA\[")
    # The next line, cell or chunk, where the end of a line is escaped or marked.
    + (rb"|" + _QUOTE + rb"\\\r?\n[ \t]{0,16}" + _QUOTE + rb"|\\\r?\n[ \t]{0,16}")
    + rb"|</t[dh]>\s{0,16}<t[dh](?: [^<>]{0,80})?>|</li>\s{0,16}<li(?: [^<>]{0,80})?>"
    + rb"|\r\n[0-9a-fA-F]{1,3}\r\n"
    + (rb"|\} ?\. ?qq?\{|" + _QUOTE + rb"\n[ \t]{0,16}\.(?:ascii|asciz|string)[ \t]{1,8}" + _QUOTE)
    # What shells and markup put before marks that mean something to them.
    + rb"|\\(?=[^\\A-Za-z0-9\"'\r\n\t]))"
)


def stitched(view: View) -> Iterator[View]:
    """What stands around such joints, without them."""
    if Sign.STITCHES not in view.signs:
        return
    for start, end in surroundings(view.data, sign_pattern(Sign.STITCHES)):
        pieces = _JOINT.split(view.data[start:end])
        if len(pieces) > 1:
            yield View(EvenParts(pieces, [b""] * (len(pieces) // 2), start), view)


def without_beginnings(view: View) -> Iterator[View]:
    """Each run of lines that begin alike, without their beginnings."""
    for start, end in _runs_of_lines(view):
        run = view.data[start:end]
        words = b"".join([line.rsplit(None, 1)[-1] for line in run.split(_NEWLINE) if line.strip()])
        if len(words.translate(None, _IN_NAMES)) * _SHARE < len(words):
            continue
        for lines, size in _alike(run.split(_NEWLINE)):
            if lines:
                pieces = [b""]
                for line, cut in lines:
                    pieces += [line[:cut], line[cut:] + _NEWLINE]
                pieces[-1] = pieces[-1][:-1]
                yield View(EvenParts(pieces, [b""] * (len(pieces) // 2), start), view)
            start += size


def _runs_of_lines(view: View) -> Iterable[Span]:
    """Where lines that follow each other end with words that may be data."""
    data = view.data
    if len(data) <= LONGEST:
        return (found.span() for found in _LINES.finditer(data)) if data.count(_NEWLINE) else ()
    return _lines_of_long_words(data, view.tokens)


def _lines_of_long_words(data: bytes, tokens: Sequence[Span]) -> Iterator[Span]:
    """The same in a long text, by its long words: looking at each line would take too long."""
    lines: list[Span] = []
    for _, behind in tokens:
        if data[behind : behind + 1] not in _LINE_ENDS:
            continue
        end = data.find(_NEWLINE, behind, behind + _MOST_PADDING)
        if end < 0:
            continue
        begin = data.rfind(_NEWLINE, 0, behind) + 1
        if lines and begin != lines[-1][1] + 1:
            if len(lines) > 1:
                yield lines[0][0], _next_line_end(data, lines[-1][1])
            lines = []
        lines.append((begin, end))
    if len(lines) > 1:
        yield lines[0][0], _next_line_end(data, lines[-1][1])


def _next_line_end(data: bytes, end: int) -> int:
    """The last line may end with a shorter word."""
    behind = data.find(_NEWLINE, end + 1, end + 1 + 2 * _LONGEST_BEGINNING)
    return behind if behind >= 0 else end


def _alike(lines: Sequence[bytes]) -> Iterator[tuple[list[tuple[bytes, int]], int]]:
    """
    Lines in groups: each line with the size of its beginning, and how many bytes the group has, line breaks
    and all. A line that is like neither neighbour is a group without lines.
    """
    group: list[tuple[bytes, Mapping[bytes, int]]] = []
    shared: set[bytes] = set()
    for line in lines:
        shapes = _beginnings(line)
        both = shared & shapes.keys()
        if group and not both:
            yield _cut(group, shared)
            group = []
        shared = both if group else set(shapes)
        group.append((line, shapes))
    yield _cut(group, shared)


def _cut(
    group: Sequence[tuple[bytes, Mapping[bytes, int]]], shared: set[bytes]
) -> tuple[list[tuple[bytes, int]], int]:
    size = sum(len(line) + 1 for line, _ in group)
    if len(group) < 2:
        return [], size
    shape = max(shared, key=len)
    return [(line, shapes[shape]) for line, shapes in group], size


def _beginnings(line: bytes) -> dict[bytes, int]:
    """What a line may begin with, numbers and blanks made equal, and how many bytes that has."""
    shapes: dict[bytes, int] = {}
    for found in _CUT.finditer(line, 0, _LONGEST_BEGINNING):
        if len(shapes) == _MOST_CUTS:
            break
        shapes[_BLANKS.sub(b" ", _NUMBERS.sub(b"0", line[: found.end()].lstrip()))] = found.end()
    return shapes

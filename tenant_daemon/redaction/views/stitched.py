"""
A text without what stands between the pieces of something in it: the beginnings that lines have in common, as
those of logs, comments and listings, and what adds one string to another, ``'...';⏎$k .= '...'``.

A known secret in plain letters is often seen through both; what was encoded before it was cut is not.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from operator import eq

import re2

from tenant_daemon.redaction.detectors.agreement import common_prefix
from tenant_daemon.redaction.projection import kept_in
from tenant_daemon.redaction.signs import Sign, sign_pattern
from tenant_daemon.redaction.views.surroundings import surroundings
from tenant_daemon.redaction.views.view import EvenParts, Span, View

LONGEST = 8_192
"""Bytes of a text up to which all its lines are looked at."""
_LONGEST_BEGINNING = 96
_LEAST_SHAPE = 2
_NEWLINE = b"\n"
_LINE_ENDS = frozenset({b"\n", b"\r", b"="})
_MOST_PADDING = 4

_DATA = rb"[A-Za-z0-9+/=_%&#;,{}\\-]"
_BEFORE_DATA = rb"[ \t|:>\])\"*/#+-]"
_OPTIONS = re2.Options()
_OPTIONS.encoding = re2.Options.Encoding.LATIN1
_LINES = re2.compile(
    rb"(?:[^\n]*%b%b{2,}[ \t$]*\n)+[^\n]*%b%b+" % (_BEFORE_DATA, _DATA, _BEFORE_DATA, _DATA), _OPTIONS
)
"""Lines one after the other that end with words that may be data, or short pieces of it."""
_IN_NAMES = b"abcdefghijklmnopqrstuvwxyz/_-.,;:()"
_SHARE = 6
"""Of what may be data, one character in so many is none that names consist of."""
_CUT = re.compile(rb"(?:[|:>\])\"'=*/#%;+-]|\w)[ \t]+|[|:>\])\"'*/#%;+-]")
"""How a beginning ends."""
_NUMBERS = re.compile(rb"[0-9]+")
_BLANKS = re.compile(rb"[ \t]+")
_HEAD = re.compile(rb"(?<=\n)()[ \t]*(?:[0-9]+([^0-9\n])|([^0-9\s][^\n]?))")
"""The first two characters of a line, a number as one of them."""
_WRITTEN = re.compile(rb"(?<!\\)(?:\\+r)?\\+[nt]")
_BLANK_OF = {0x6E: b"\n", 0x74: b"\t"}
_Cut = tuple[bytes, Span]
"""A line, and what of it is left out."""

_QUOTE = rb"\\*[\"'`]"
_BREAK = rb"(?:\\+r)?\r?(?:\\+n|\n)(?:[ \t]|\\+t){0,12}"
_TARGET = rb"[$@]?[A-Za-z_][\w.>-]{0,31}"
_CALL = rb"(?:[\w.>-]{0,24}(?:append|add|push|push_back|put|write|Write|WriteString|concat|print|emit))"
_JOINT = re2.compile(
    rb"("
    # The next statement adds to what this one has.
    + (_QUOTE + rb"\)?;?" + _BREAK + rb"(?:" + _TARGET + rb"[ \t]?(?:(?:[+&]|\.\.?|\|\|)=|<<)[ \t]?")
    + (rb"|" + _TARGET + rb"[ \t]?=[ \t]?" + _TARGET + rb"[ \t]?(?:[+&]|\.\.?|\|\|)[ \t]?\(?")
    + (rb"|" + _CALL + rb"\()" + _QUOTE)
    # Or the next call.
    + (rb"|" + _QUOTE + rb"\)(?:" + _BREAK + rb")?\." + _CALL + rb"\(" + _QUOTE)
    # The next cell of psql, the next word of a header.
    + rb"|[ ]{0,80}\+\n[ ]{1,8}\| ?|\?=\r?\n?[ \t]=\?[\w-]{1,20}\?[QqBb]\?"
    # The next run of letters of a document.
    + rb"|</(?:\w{1,12}:\w{1,12}|t?span|font|code)>(?:\s{0,8}</?\w[^<>]*>){1,12}|<wbr ?/?>"
    + rb"|\[/?[biu]\]"
    # Nothing, written with marks; the next section of a text in XML.
    + (rb"|\$\{[ ]?" + _QUOTE + _QUOTE + rb"[ ]?\}|\]\]>\s{0,16}<!\[CDATA\[")
    # The next line, cell or chunk, where the end of a line is escaped or marked.
    + (rb"|" + _QUOTE + rb"\\\r?\n[ \t]{0,16}" + _QUOTE + rb"|\\\r?\n[ \t]{0,16}")
    + rb"|</t[dh]>\s{0,16}<t[dh](?: [^<>]{0,80})?>|</li>\s{0,16}<li(?: [^<>]{0,80})?>"
    + rb"|\r\n[0-9a-fA-F]{1,3}\r\n"
    + (rb"|\} ?\. ?qq?\{|" + _QUOTE + rb"\n[ \t]{0,16}\.(?:ascii|asciz|string)[ \t]{1,8}" + _QUOTE)
    # The next statement adds bare words to what a shell's variable has.
    + rb")|((?:\\+n|\n)[ \t]{0,8}[A-Z_][A-Z0-9_]{0,31}\+=)[^\s=]"
    # What shells and markup put before marks that mean something to them.
    + rb"|(\\)[^\\A-Za-z0-9\"'\r\n\t]",
    _OPTIONS,
)
"""A joint is the group that matched; what follows it may be a part of the next one."""


def stitched(view: View) -> Iterator[View]:
    """What stands around such joints, without them."""
    if Sign.STITCHES not in view.signs:
        return
    for start, end in surroundings(view.data, sign_pattern(Sign.STITCHES)):
        pieces = _at_joints(view.data[start:end])
        if len(pieces) > 1:
            yield View(EvenParts(pieces, [b""] * (len(pieces) // 2), start), view)


def _at_joints(data: bytes) -> list[bytes]:
    """What stands between joints and the joints themselves, in turn."""
    pieces: list[bytes] = []
    position = 0
    while found := _JOINT.search(data, position):
        low, high = found.span(found.lastindex)
        pieces += data[position:low], data[low:high]
        position = high
    return [*pieces, data[position:]]


def without_beginnings(view: View) -> Iterator[tuple[View, bool]]:
    """Each run of lines that begin alike without their beginnings, and whether it may be encoded data."""
    data = with_line_breaks(view.data)
    for start, end in _runs_of_lines(view, data):
        run = data[start:end]
        words = b"".join([line.rsplit(None, 1)[-1] for line in run.split(_NEWLINE) if line.strip()])
        is_data = len(words.translate(None, _IN_NAMES)) * _SHARE >= len(words)
        for lines, offset in _alike(run):
            pieces: list[bytes] = []
            for line, (low, high) in lines:
                pieces += [line[:low], line[low:high], line[high:] + _NEWLINE]
            # Marks alone hide nothing but what was encoded.
            if not is_data and not kept_in(pieces[1]):
                continue
            pieces = _paired(pieces)
            yield View(EvenParts(pieces, [b""] * (len(pieces) // 2), start + offset), view), is_data


def _paired(pieces: Sequence[bytes]) -> list[bytes]:
    """What stays and what goes in turn, from pieces of which each third one goes."""
    paired = [pieces[0]]
    for behind, gone, before in zip(pieces[2::3], pieces[1::3], [*pieces[3::3], b""], strict=True):
        paired += [gone, behind + before]
    paired[-1] = paired[-1][:-1]
    return paired


def with_line_breaks(data: bytes) -> bytes:
    """A short text at the same length, with its written line breaks and tabs as such."""
    if len(data) > LONGEST or b"\\n" not in data:
        return data
    return _WRITTEN.sub(lambda found: b" " * (len(found.group()) - 1) + _BLANK_OF[found.group()[-1]], data)


def _runs_of_lines(view: View, data: bytes) -> Iterable[Span]:
    """Where lines that follow each other end with words that may be data."""
    if len(data) > LONGEST:
        return _lines_of_long_words(data, view.tokens)
    if not data.count(_NEWLINE):
        return ()
    of_data = (found.span() for found in _LINES.finditer(data))
    # Most lines of listings and of code begin like the one before.
    return _together([*_lines_with_heads(data), *of_data]) if view.is_short else of_data


def _lines_with_heads(data: bytes) -> list[Span]:
    """Lines one after the other that seem to begin alike, and the one before them."""
    heads = _HEAD.findall(data)
    if not any(map(eq, heads, heads[1:])):
        return []
    starts = [0, *(found.start(1) for found in _HEAD.finditer(data)), len(data) + 1]
    return [
        (starts[number], starts[number + 3] - 1)
        for number, (head, following) in enumerate(pairwise(heads))
        if head == following
    ]


def _together(spans: list[Span]) -> list[Span]:
    """Those that overlap as one."""
    together: list[Span] = []
    for start, end in sorted(spans):
        if together and start <= together[-1][1]:
            together[-1] = together[-1][0], max(end, together[-1][1])
        else:
            together.append((start, end))
    return together


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


def _alike(run: bytes) -> Iterator[tuple[list[_Cut], int]]:
    """
    Lines that begin alike, each with where its beginning stands, and where the first of them is.

    The line before the first of them may have the same beginning behind something else, as the name of a
    field whose value it begins. Empty lines between them are passed over.
    """
    group: list[bytes] = []
    shared = before = b""
    offset = 0
    shapes = [shape.lstrip() for shape in _shape(run).split(_NEWLINE)]
    for line, shape in zip([*run.split(_NEWLINE), b""], [*shapes, None], strict=True):
        both = _shared(shared, shape) if group and shape else b""
        if group and not both and shape != b"":
            if cut := _cut(group, shared, before):
                yield cut, offset - (len(before) + 1 if len(cut) > len(group) else 0)
            before = group[-1]
            offset += sum(len(one) + 1 for one in group)
            group = []
        if shape:
            shared = both or shape[:_LONGEST_BEGINNING]
        group.append(line)


def _shared(first: bytes, second: bytes) -> bytes:
    """What two lines have in common at their beginning, up to where something may end."""
    common = first[: common_prefix(first, second, 0)]
    # Two lines may go on alike by chance; what is cut off in the middle of a word is none of a beginning.
    return common[: max((found.end() for found in _CUT.finditer(common)), default=0)]


def _cut(group: Sequence[bytes], shared: bytes, before: bytes) -> list[_Cut]:
    """Where the beginnings of these lines stand, and of the one before them; nothing for a single line."""
    shape = shared[: max((found.end() for found in _CUT.finditer(shared)), default=0)]
    beginning = _beginning(len(shape))
    cuts = [(line, (0, found.end()) if (found := beginning.match(line)) else (0, 0)) for line in group]
    if len(shape) >= _LEAST_SHAPE and shape in _shape(before):
        pattern = re.escape(shape).replace(b"0", rb"[0-9]+").replace(rb"\ ", rb"[ \t]+")
        # From the first digit of a number on: a long one would be gone through from each.
        whole = re.compile(rb"(?<![0-9])" + pattern)
        spans = [found.span() for found in whole.finditer(before)]
        place = next(((low, high) for low, high in reversed(spans) if before[high:].strip()), None)
        if place:
            return [(before, place), *cuts]
    return cuts if shape and len(cuts) > 1 else []


@cache
def _beginning(length: int) -> re.Pattern[bytes]:
    """What so many characters of the shape of a line stand for, and the blanks before it."""
    return re.compile(rb"[ \t]*+(?:[0-9]++|[ \t]++|[^0-9 \t]){%d}" % length)


def _shape(text: bytes) -> bytes:
    """A text with all numbers and all blanks made equal."""
    return _BLANKS.sub(b" ", _NUMBERS.sub(b"0", text))

"""
Short texts with something slipped in after every few characters, whatever they are: ``65:47:⏎  31:30:⏎``.

A known secret is seen through that (``projection.py``); what was encoded before can only be read without it.
"""

import re
from collections.abc import Callable, Iterator

import re2

from tenant_daemon.redaction.views.view import EvenParts, View

LONGEST = 8_192
"""Bytes of a text up to which it is worth the time."""
_SIZES = range(1, 13)
_TIMES = 5
_LEAST = 32
_LAST_GROUP = 16
"""What follows on a run is a shorter group."""
_NEWLINE = 0x0A
_BREAK = rb"[ \t]{0,4}\\?\r?\n[ \t>]{0,8}"
_BLANKS = rb"[ \t]{1,4}"
# As alternatives of bytes: RE2 reads characters where a class is given.
_INVISIBLE = (
    rb"(?:\xc2[\xa0\xad]|\xe2\x80[\x80-\x8f\xa8-\xaf]|\xe2\x81[\x9f-\xaf]"
    rb"|\xe3\x80\x80|\xef\xbb\xbf|\xe1\xa0\x8e)+"
)
_KINDS = ((rb"[!-~]", _BLANKS), (rb"[ -~\n]", _INVISIBLE))
"""Of what kind the groups are, and what stands between them."""


def _repeated(kind: bytes, between: bytes) -> bytes:
    groups = (kind + b"{%d}%b" % (size, between) for size in _SIZES)
    return b"|".join(b"(?:%b){%d,}" % (group, _TIMES) for group in groups)


_LINES = rb"\n[ \t>]{0,8}(?:" + _repeated(rb"[^\n]", _BREAK) + rb")"
_OPTIONS = re2.Options()
_OPTIONS.encoding = re2.Options.Encoding.LATIN1
_PATTERNS = [(_LINES, _BREAK), *((_repeated(kind, between), between) for kind, between in _KINDS)]
_MAY_HAVE: list[Callable[[bytes], bool]] = [
    lambda data: data.count(b"\n") > _TIMES,
    lambda data: True,
    lambda data: not data.isascii(),
]
"""Tells at next to no cost that a text has none; most have not."""
_FINDERS = [
    (may_have, re2.compile(pattern, _OPTIONS), re.compile(b"(" + between + b")"))
    for may_have, (pattern, between) in zip(_MAY_HAVE, _PATTERNS, strict=True)
]


def without_regular(view: View) -> Iterator[View]:
    """The text without what stands between groups of the same size, once for each kind of that."""
    data = view.data
    if len(data) > LONGEST:
        return
    for may_have, finder, between in _FINDERS:
        if not may_have(data):
            continue
        runs = [found.span() for found in finder.finditer(data)]
        if sum(end - start for start, end in runs) < _LEAST:
            continue
        start, end = runs[0][0], runs[-1][1] + _LAST_GROUP
        if data[start] == _NEWLINE:
            start = data.rfind(b"\n", 0, start) + 1
        pieces = between.split(data[start:end])
        yield View(EvenParts(pieces, [b""] * (len(pieces) // 2), start), view)

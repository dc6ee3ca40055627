"""
Text that was turned around after it had been encoded: ``gAAAAAAAIs4H``, ``;56#&``.

What was turned around by itself is known by its forms (``forms.py``); here it is about what has to be decoded
first, and that is only tried where something shows it: padding before a word, the head of an archive at its
end, escapes that run backwards.
"""

import re2

from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.signs import Sign, sign_pattern
from tenant_daemon.redaction.views.regular import LONGEST
from tenant_daemon.redaction.views.surroundings import surroundings
from tenant_daemon.redaction.views.view import Code, Parts, View

_WORD = re2.compile(
    rb"={1,2}[A-Za-z0-9+/_-]{15,}|[A-Za-z0-9+/_-]{12,}(?:Is4H|[wxyz]Je|[opqr]Ne|EAe|ophBZ|6dT[/_])\b"
    rb"|[0-9A-Fa-f]{12,}(?:80[bB]8[fF]1|[cC]987|[aA][dD]87|1087|[eE]587)\b"
)
# Some escapes or numbers, or a line of a dump, in a text that was turned around.
_LEAST_ESCAPES = 4
_MARKS_TURNED, _DUMP_TURNED = (b"%", b"\\", b"#&", b"=", b"x0"), b" :0"
_ESCAPE = (
    rb"%[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}|\\[0-7]{3}|\\u\{[0-9A-Fa-f]{1,6}\}|\\[uU][0-9A-Fa-f]{4}"
    rb"|&#[xX]?[0-9A-Fa-f]{2,6};|=[0-9A-F]{2}|0[xX][0-9A-Fa-f]{2}"
)
_ESCAPED = re2.compile(
    rb"(?:(?:%b)[^\n]{0,4}?){%d}" % (_ESCAPE, _LEAST_ESCAPES)
    + rb"|\b[0-9a-f]{6,16}: {1,3}[0-9a-f]{2,4} [0-9a-f]{2,4} [0-9a-f]{2}"
)


def read_turned(view: View) -> View | None:
    """Words and escapes that seem to run backwards, the right way round; None when there are none."""
    parts = Parts()
    if Sign.TURNED_WORD in view.signs:
        for found in _WORD.finditer(view.data):
            _add(parts, view.data, *found.span())
    if Sign.TURNED_ESCAPE in view.signs:
        for start, end in surroundings(view.data, sign_pattern(Sign.TURNED_ESCAPE)):
            _add(parts, view.data, start, end)
    elif _may_be_turned(view.data) and _ESCAPED.search(view.data[::-1]):
        _add(parts, view.data, 0, len(view.data))
    return View(parts, view, joint=SEPARATOR) if parts else None


def _may_be_turned(data: bytes) -> bool:
    """Whether it is worth a closer look; nearly no text is."""
    return len(data) <= LONGEST and (
        _DUMP_TURNED in data or any(data.count(mark) >= _LEAST_ESCAPES for mark in _MARKS_TURNED)
    )


def _add(parts: Parts, data: bytes, start: int, end: int) -> None:
    parts.add(data[start:end][::-1], start, end, Code.REVERSED)

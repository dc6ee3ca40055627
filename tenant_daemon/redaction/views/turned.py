"""
Text that was turned around after it had been encoded: ``gAAAAAAAIs4H``, ``;56#&``.

What was turned around by itself is known by its forms (``forms.py``); here it is about what has to be decoded
first, and that is only tried where something shows it: padding before a word, the head of an archive at its
end, escapes that run backwards.
"""

import re2

from tenant_daemon.redaction.signs import Sign, sign_pattern
from tenant_daemon.redaction.views.surroundings import surroundings
from tenant_daemon.redaction.views.view import Code, Parts, View

_JOINT = b"\n\x1e\n"
_WORD = re2.compile(
    rb"={1,2}[A-Za-z0-9+/_-]{15,}|[A-Za-z0-9+/_-]{12,}(?:Is4H|[wxyz]Je|[opqr]Ne|EAe|ophBZ|6dT[/_])\b"
    rb"|[0-9A-Fa-f]{12,}(?:80[bB]8[fF]1|[cC]987|[aA][dD]87|1087|[eE]587)\b"
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
    return View(parts, view, joint=_JOINT) if parts else None


def _add(parts: Parts, data: bytes, start: int, end: int) -> None:
    parts.add(data[start:end][::-1], start, end, Code.REVERSED)

"""Encoded data with white space after every few characters: ``Q U J D``, ``48656 c6c6f 20``."""

import re
from collections.abc import Iterator

import re2

from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.signs import LONG, Sign, spaced_pattern
from tenant_daemon.redaction.tokens import PLAIN
from tenant_daemon.redaction.views.view import EvenParts, Parts, View

_RUNS = [
    re2.compile(rb"(?:^|[^A-Za-z0-9+/=_-])(" + pattern + rb")") for pattern in spaced_pattern(goes_on=True)
]
_BLANKS = re.compile(rb"(\s+)")
_SPACE = 0x20
_LONGEST = 4_096
_WORD = re.compile(rb"[A-Za-z0-9+/_-]{2,}")
_HEX_DIGITS = b"0123456789abcdefABCDEF"


def unspaced(view: View) -> Iterator[View]:
    """Each run of such data without its white space."""
    if Sign.SPACED not in view.signs:
        return
    for run in _RUNS:
        for found in run.finditer(view.data):
            pieces = _BLANKS.split(found.group(1))
            yield View(EvenParts(pieces, [b""] * (len(pieces) // 2), found.start(1)), view)


def read_cut_words(view: View) -> View | None:
    """Long words with the one beside them, where a single blank seems to have cut them; None for none."""
    data = view.data
    parts = Parts()
    if len(data) >= LONG:
        return None
    for start, end in view.fresh_tokens:
        for low, high in _neighbours(data, start, end):
            blank = data.index(b" ", low, high)
            parts.add_same(data, low, blank)
            parts.add_same(data, blank + 1, high)
            parts.add(SEPARATOR, high, high)
    return View(parts, view) if parts else None


def _neighbours(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The word together with the one behind it, and with the one before it, where these are data too."""
    token = data[start:end]
    if end - start > _LONGEST:
        return
    is_hex = not token.translate(None, _HEX_DIGITS)
    behind = _WORD.match(data, end + 1) if data[end : end + 1] == b" " else None
    if behind and _fits(behind.group(), is_hex=is_hex):
        yield start, behind.end()
    if start > 1 and data[start - 1] == _SPACE:
        low = data.rfind(b" ", max(0, start - _LONGEST), start - 1) + 1
        found = _WORD.fullmatch(data, low, start - 1)
        if found and _fits(found.group(), is_hex=is_hex):
            yield low, end


def _fits(word: bytes, *, is_hex: bool) -> bool:
    if is_hex:
        return not word.translate(None, _HEX_DIGITS)
    return bool(word.translate(None, PLAIN)) and not word.istitle()

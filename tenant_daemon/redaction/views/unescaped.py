"""A text with its escapes undone: URL, JSON, HTML, C and shell escapes; and quoted-printable."""

import html
import re
from collections.abc import Callable
from functools import lru_cache

from tenant_daemon.redaction.signs import Sign
from tenant_daemon.redaction.views.view import EvenParts, View

_ESCAPE = re.compile(
    rb"(%[0-9A-Fa-f]{2}|%u[0-9A-Fa-f]{4}|&#\d{1,7};?|&#[xX][0-9A-Fa-f]{1,6};?|&\w{1,24};"
    rb"|\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|u\{[0-9A-Fa-f]{1,6}\}|U[0-9A-Fa-f]{8}|00[0-9A-Fa-f]{4}|[0-7]{3}"
    rb"|N\{U\+[0-9A-Fa-f]{1,6}\}|\\*[\"'/nrt\\]))"
)
_CODE_POINT = re.compile(rb"(?:%u|\\[uU]\{?|\\N\{U\+|\\(?=00....))([0-9A-Fa-f]{1,8})\}?")
# A reading of its own: ``=0A`` also stands in assignments, and reading it would hide what follows.
_PRINTABLE_ESCAPE = re.compile(rb"(=[0-9A-F]{2}|=\r?\n)")
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def unescaped(view: View) -> View | None:
    """The view with one level of escapes undone; None when nothing is hidden by one."""
    return _undone(view, _ESCAPE, _meaning) if Sign.ESCAPE in view.signs else None


def unquoted_printable(view: View) -> View | None:
    """The view with quoted-printable undone; None when there is none."""
    return _undone(view, _PRINTABLE_ESCAPE, _printable) if Sign.PRINTABLE in view.signs else None


def _undone(view: View, escape: re.Pattern[bytes], meaning: Callable[[bytes], bytes]) -> View:
    # Splitting at all escapes at once costs a tenth of visiting each match.
    pieces = escape.split(view.data)
    return View(EvenParts(pieces, list(map(meaning, pieces[1::2]))), view)


@lru_cache(maxsize=4096)
def _meaning(escape: bytes) -> bytes:
    if escape[:1] == b"&":
        return html.unescape(escape.decode("utf-8", "replace")).encode("utf-8", "surrogatepass")
    if code := _CODE_POINT.fullmatch(escape):
        return _character(int(code.group(1), 16))
    if escape[:1] == b"%" or escape[:2] == b"\\x":
        return _byte(escape[-2:])
    if escape[1:].isdigit():
        return bytes([int(escape[1:], 8) & 0xFF])
    return _LETTERS.get(escape[-1:], escape[-1:])


def _printable(escape: bytes) -> bytes:
    return b"" if escape.endswith(b"\n") else _byte(escape[1:])


def _byte(digits: bytes) -> bytes:
    return bytes([int(digits, 16)])


def _character(code: int) -> bytes:
    return chr(code).encode("utf-8", "surrogatepass") if code <= 0x10FFFF else b""

"""A text with its escapes undone: URL, JSON, HTML, C and shell escapes; and quoted-printable."""

import html
import re
from collections.abc import Callable

from tenant_daemon.redaction.signs import Sign
from tenant_daemon.redaction.views.view import Parts, View

_ESCAPE = re.compile(
    rb"%([0-9A-Fa-f]{2})|\\x([0-9A-Fa-f]{2})|(?:\\u|%u)([0-9A-Fa-f]{4})"
    rb"|\\u\{([0-9A-Fa-f]{1,6})\}|\\U([0-9A-Fa-f]{8})|\\([0-7]{3})|\\N\{U\+([0-9A-Fa-f]{1,6})\}|(&#?\w{1,24};)|\\+([\"'/nrt]|\\)"
)
# A reading of its own: ``=0A`` also stands in assignments, and reading it would hide what follows.
_PRINTABLE_ESCAPE = re.compile(rb"=([0-9A-F]{2})|=\r?\n")
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def unescaped(view: View) -> View | None:
    """The view with one level of escapes undone; None when nothing is hidden by one."""
    return _undone(view, _ESCAPE, _meaning) if Sign.ESCAPE in view.signs else None


def unquoted_printable(view: View) -> View | None:
    """The view with quoted-printable undone; None when there is none."""
    if Sign.PRINTABLE not in view.signs:
        return None
    return _undone(view, _PRINTABLE_ESCAPE, lambda found: _byte(found.group(1)) if found.group(1) else b"")


def _undone(view: View, escape: re.Pattern[bytes], meaning: Callable[[re.Match[bytes]], bytes]) -> View:
    data = view.data
    parts = Parts()
    position = 0
    for found in escape.finditer(data):
        start, end = found.span()
        parts.add_same(data, position, start)
        parts.add(meaning(found), start, end)
        position = end
    parts.add_same(data, position, len(data))
    return View(parts, view)


def _meaning(escape: re.Match[bytes]) -> bytes:
    percent, hexadecimal, wide, braced, long, octal, named, entity, plain = escape.groups()
    if byte := percent or hexadecimal:
        return _byte(byte)
    if code := wide or braced or long or named:
        return _character(int(code, 16))
    if octal:
        return bytes([int(octal, 8) & 0xFF])
    if entity:
        meaning = html.unescape(entity.decode("utf-8", "replace"))
        return meaning.encode("utf-8", "surrogatepass")
    return _LETTERS.get(plain, plain) if plain else b""


def _byte(digits: bytes) -> bytes:
    return bytes([int(digits, 16)])


def _character(code: int) -> bytes:
    return chr(code).encode("utf-8", "surrogatepass") if code <= 0x10FFFF else b""

"""A text with its escapes undone: URL, JSON, HTML, quoted-printable, C and shell escapes."""

import html
import re

import re2

from tenant_daemon.redaction.views.view import Segment, View, verbatim

# Escapes that hide letters or digits; only their presence makes the view worth building.
_HIDING = re2.compile(
    rb"%[0-9A-Fa-f]{2}|\\u\{?[0-9A-Fa-f]{2,}|\\x[0-9A-Fa-f]{2}|&#[0-9xX]|&[A-Za-z]{2,8};|=[0-9A-F]{2}|\\[0-7]{3}|\\N\{"
)
_ESCAPE = re.compile(
    rb"%([0-9A-Fa-f]{2})|=([0-9A-F]{2})|=\r?\n|\\x([0-9A-Fa-f]{2})|(?:\\u|%u)([0-9A-Fa-f]{4})"
    rb"|\\u\{([0-9A-Fa-f]{1,6})\}|\\U([0-9A-Fa-f]{8})|\\([0-7]{3})|(&#?\w{1,24};)|\\+([\"'/nrt]|\\)"
)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def unescaped(view: View) -> View | None:
    """The view with one level of escapes undone; None when nothing is hidden by one."""
    if not _HIDING.search(view.data):
        return None
    data = view.data
    segments: list[Segment] = []
    position = 0
    for found in _ESCAPE.finditer(data):
        start, end = found.span()
        if start > position:
            segments.append(verbatim(data, position, start))
        segments.append(Segment(_meaning(found), start, end))
        position = end
    if position < len(data):
        segments.append(verbatim(data, position, len(data)))
    return View(segments, view)


def _meaning(escape: re.Match[bytes]) -> bytes:
    percent, printable, hexadecimal, wide, braced, long, octal, entity, plain = escape.groups()
    if byte := percent or printable or hexadecimal:
        return bytes([int(byte, 16)])
    if code := wide or braced or long:
        return _character(int(code, 16))
    if octal:
        return bytes([int(octal, 8) & 0xFF])
    if entity:
        meaning = html.unescape(entity.decode("utf-8", "replace"))
        return meaning.encode("utf-8", "surrogatepass")
    return _LETTERS.get(plain, plain) if plain else b""


def _character(code: int) -> bytes:
    return chr(code).encode("utf-8", "surrogatepass") if code <= 0x10FFFF else b""

"""A text with its escapes undone: URL, JSON, HTML, C and shell escapes; quoted-printable; invisible marks."""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

from tenant_daemon.redaction.signs import MARKS, Sign, sign_pattern
from tenant_daemon.redaction.views.surroundings import surroundings
from tenant_daemon.redaction.views.view import EvenParts, View

_PAIR = rb"\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}"
# A number without its semicolon ends where the next escape begins: that may be its next digit.
_REFERENCE = rb"&#\d{1,7}(?:;|(?![\d\\=]))|&#[xX][0-9A-Fa-f]{1,6}(?:;|(?![0-9A-Fa-f\\=]))|&\w{1,24};"
_ESCAPE = re.compile(
    rb"("
    + _PAIR
    + rb"|%%(?=[0-9A-Fa-f]{2})|%[0-9A-Fa-f]{2}|%u[0-9A-Fa-f]{4}|"
    + _REFERENCE
    + rb"|\\(?:x[0-9A-Fa-f]{2}|x\{[0-9A-Fa-f]{1,6}\}"
    rb"|u[0-9A-Fa-f]{4}|u\{[0-9A-Fa-f]{1,6}\}|U[0-9A-Fa-f]{8}|00[0-9A-Fa-f]{4}|[0-7]{3}"
    rb"|[0-9A-Fa-f]{2} (?=\\)"
    rb"|N\{(?:U\+[0-9A-Fa-f]{1,6}|[A-Z][A-Z0-9 -]{2,80})\}|\\(?=\\*[uUx])"
    rb"|u-[0-9]{4,5}\?(?:\\u-[0-9]{4,5}\?)?|\\*[\"'/nrt\\]))"
)
_CODE_POINT = re.compile(rb"(?:%u|\\[uU]\{?|\\x\{|\\N\{U\+|\\(?=00....|.. ))([0-9A-Fa-f]{1,8})[} ]?")
# A reading of its own: ``=0A`` also stands in assignments, and reading it would hide what follows.
# A line that ends in two of them is base64: quoted-printable writes ``=`` itself as ``=3D``.
_PRINTABLE_ESCAPE = re.compile(rb"(=[0-9A-F]{2}|(?<!=)=\r?\n|(?<!=)=(?:\\+r)?\\+n)")
_MARKS = re.compile(
    b"((?:" + MARKS + rb"|(?: |[\xc3-\xf4][\x80-\xbf]+)\x08|[^\\\n]\\{1,4}b(?=[^\\\n]{1,2}\\{1,4}b))+)"
)
_BLANKS = re.compile(rb"([ \t\r\n]+)")
_NUMERIC_REFERENCE = re.compile(rb"&#([xX]?[0-9A-Fa-f]+);?")
_SIGNED_NUMBER = re.compile(rb"-?[0-9]+")
_FIRST_OF_WINDOWS, _LAST_OF_WINDOWS = 0x80, 0x9F
"""Numbers that mean a character of Windows' own code in HTML."""
_PAIR_SIZE = 12
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def unescaped(view: View) -> Iterator[View]:
    """What stands around escapes that hide something, with one level of them undone."""
    return _undone(view, Sign.ESCAPE, _ESCAPE, _meaning)


def unquoted_printable(view: View) -> Iterator[View]:
    """What stands around quoted-printable, with that undone."""
    return _undone(view, Sign.PRINTABLE, _PRINTABLE_ESCAPE, _printable)


def unmarked(view: View) -> Iterator[View]:
    """What stands around invisible characters inside words, without them."""
    return _undone(view, Sign.MARKED, _MARKS, _nothing)


def unbroken(view: View) -> Iterator[View]:
    """What stands around escapes that have white space inside, without any."""
    return _undone(view, Sign.BROKEN, _BLANKS, _nothing)


def _undone(
    view: View, sign: Sign, escape: re.Pattern[bytes], meaning: Callable[[bytes], bytes]
) -> Iterator[View]:
    """The surroundings of the signs with their escapes undone; the rest is no different from before."""
    if sign not in view.signs:
        return
    for start, end in surroundings(view.data, sign_pattern(sign)):
        # Splitting at all escapes at once costs a tenth of visiting each match.
        pieces = escape.split(view.data[start:end])
        yield View(EvenParts(pieces, list(map(meaning, pieces[1::2])), start), view)


@lru_cache(maxsize=4096)
def _meaning(escape: bytes) -> bytes:
    if numeric := _NUMERIC_REFERENCE.fullmatch(escape):
        return _referred(numeric.group(1).decode())
    if escape[:1] == b"&":
        return html.unescape(escape.decode("utf-8", "replace")).encode("utf-8", "surrogatepass")
    if escape[-1:] == b"?":
        return _of_words(escape)
    if len(escape) == _PAIR_SIZE and escape[:2] == b"\\u":
        high, low = int(escape[2:6], 16), int(escape[8:], 16)
        return _character(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    if code := _CODE_POINT.fullmatch(escape):
        return _character(int(code.group(1), 16))
    if escape == b"%%":
        return b"%"  # As INI files and format strings write one.
    if escape[:3] == b"\\N{":
        return _named(escape[3:-1].decode())
    if escape[:1] == b"%" or escape[:2] == b"\\x":
        return _byte(escape[-2:])
    if escape[1:].isdigit():
        return bytes([int(escape[1:], 8) & 0xFF])
    return _LETTERS.get(escape[-1:], escape[-1:])


def _printable(escape: bytes) -> bytes:
    return b"" if escape.endswith((b"\n", b"n")) else _byte(escape[1:])


def _nothing(_mark: bytes) -> bytes:
    return b""


def _referred(number: str) -> bytes:
    """The character behind ``&#65;`` or ``&#x41;``, control characters too, which HTML does not have."""
    code = int(number[1:], 16) if number[:1] in ("x", "X") else int(number)
    if _FIRST_OF_WINDOWS <= code <= _LAST_OF_WINDOWS:
        return html.unescape(f"&#{code};").encode()
    return _character(code)


def _of_words(escapes: bytes) -> bytes:
    """The characters behind ``\\u-10179?``, which rich text writes as signed numbers of two bytes each."""
    words = [int(number) % 0x10000 for number in _SIGNED_NUMBER.findall(escapes)]
    wide = b"".join(word.to_bytes(2, "little") for word in words)
    return wide.decode("utf-16-le", "surrogatepass").encode("utf-8", "surrogatepass")


def _named(name: str) -> bytes:
    """The character of a Unicode name, as Python and ICU write it."""
    try:
        return unicodedata.lookup(name).encode("utf-8", "surrogatepass")
    except KeyError:
        return b""


def _byte(digits: bytes) -> bytes:
    return bytes([int(digits, 16)])


def _character(code: int) -> bytes:
    return chr(code).encode("utf-8", "surrogatepass") if code <= 0x10FFFF else b""

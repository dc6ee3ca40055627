"""Text written as a list of character codes: ``104, 105``, ``chr(104)+chr(105)``, octal and binary too."""

import re

import re2

from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.signs import LONG, Sign
from tenant_daemon.redaction.views.view import Parts, View

# No numbers below 10: those are dates and times.
_DECIMAL = re2.compile(rb"\b0?[1-9]\d{1,2}(?:[^0-9\n]{1,12}0?[1-9]\d{1,5}){7,}\b")
_WIDE = re2.compile(rb"\b(?:[1-9]\d{1,2}[^0-9A-Za-z]{1,3}0[^0-9A-Za-z]{1,3}){7,}[1-9]\d{1,2}\b")
"""The same of text in UTF-16, either way: the bytes between the first letter and the last one are these."""
_SIGNED = re.compile(rb"[\s,\[]-[1-9]\d{0,2}\b")
_BINARY = re2.compile(rb"\b[01]{6,8}(?:[\s,]{1,3}[01]{6,8}){7,}\b")
_NO_FRACTION = re.compile(rb"\.0?")
_BYTES = b"bytes"
_BYTE_LIST = re.compile(rb"bytes\\{0,8}\"\s{0,2}:\s{0,2}\[\s{0,40}([0-9][0-9,\s]{0,400})\]")
_LAST_ASCII = 0x7F
_LAST_CODE = 0x10FFFF
_NUMBER = re.compile(rb"\d+")
_SIGNED_NUMBER = re.compile(rb"-?\d+")
_WHOLE = re2.compile(rb"\b[1-9]\d{1,2}\.0?(?:[,\s]{1,4}[1-9]\d{1,2}\.0?){7,}")
"""Codes as numbers with a fraction that is nothing, as those of arrays are shown."""
_FRACTION = re.compile(rb"(?<![\d.])\d+\.\d+(?![\d.])")


def read_numbers(view: View) -> View | None:
    """The characters behind lists of codes; None when there are none."""
    parts = Parts()
    if Sign.NUMBERS in view.signs:
        _read(view.data, _DECIMAL, (10, 8), parts)
        _read(view.data, _BINARY, (2,), parts)
        for found in _WHOLE.finditer(view.data):
            if text := _characters(_NO_FRACTION.sub(b"", found.group()).replace(b",", b" ").split(), 10):
                parts.add(text, found.start(), found.end())
    if Sign.WIDE_NUMBERS in view.signs:
        _read(view.data, _WIDE, (10,), parts, step=2)
    return View(parts, view, joint=SEPARATOR) if parts else None


def read_byte_lists(view: View) -> View | None:
    """What the bytes of token after token come to, as answers with likelihoods give them; None for none."""
    parts = Parts()
    if len(view.data) < LONG and _BYTES in view.data:
        for found in _BYTE_LIST.finditer(view.data):
            codes = [int(number) for number in _NUMBER.findall(found.group(1))]
            if max(codes) < 256:
                parts.add(bytes(codes), *found.span(1))
    return View(parts, view) if len(parts.datas) > 1 else None


def _read(
    data: bytes, pattern: "re2._Regexp", bases: tuple[int, ...], parts: Parts, *, step: int = 1
) -> None:
    for found in pattern.finditer(data):
        numbers = _numbers(found.group())[::step]
        if len(_FRACTION.findall(found.group())) * 4 > len(numbers):
            continue  # The outline of a picture, places on a map.
        for base in bases:
            if text := _characters(numbers, base):
                parts.add(text, found.start(), found.end())


def _numbers(run: bytes) -> list[bytes]:
    """The numbers of a list; where some are below zero, they are bytes as Java and ``od -t d1`` show them."""
    if not _SIGNED.search(run):
        return _NUMBER.findall(run)
    return [b"%d" % (int(number) % 256) for number in _SIGNED_NUMBER.findall(run)]


def _characters(numbers: list[bytes], base: int) -> bytes:
    try:
        codes = [int(number, base) for number in numbers] if base != 10 else list(map(int, numbers))
    except ValueError:
        return b""
    # A list of any other numbers holds some that are no printable character, or many that are rare ones.
    if min(codes) < 9 or 127 in codes:
        return b""
    if max(codes) > _LAST_CODE:
        return b""
    text = bytes(codes) if max(codes) < 256 else b""
    if sum(code < 127 for code in codes) * 2 < len(codes) and not (text and _is_utf8(text)):
        return b""
    # Numbers above 127 are either the bytes of UTF-8 or characters.
    return text + b"\n" + _written(codes) if max(codes) > 127 else text


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _written(codes: list[int]) -> bytes:
    """The characters of these codes; halves of one, as UTF-16 has them, are put together."""
    wide = "".join(map(chr, codes)).encode("utf-16-le", "surrogatepass")
    return wide.decode("utf-16-le", "ignore").encode()

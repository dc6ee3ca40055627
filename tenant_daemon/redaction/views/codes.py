"""Characters as numbers in the notations of languages and formats: ``0x67``, ``0o147``, ``U+0067``."""

import re
from collections.abc import Callable
from typing import Literal

import re2

from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.signs import Sign
from tenant_daemon.redaction.views.view import Parts, View

_GAP = rb"(?:[\s,;|]|\\+[nrt]){0,4}"
_SHORTEST = 10
_AFTER = b" \t\r\n,;|\"'"
_PRINTABLE = frozenset((9, 10, 13, *range(32, 127)))
_HEX = rb"[0-9A-Fa-f]{2}"
_NUMBER = re.compile(rb"[0-9]+")
_WORD = re.compile(rb"0[xX]([0-9A-Fa-f]{8})")
_APART = rb"(?:[,\s\x1e]|\\n){1,16}(?:0[0-9]{6,7} {1,16})?"
"""What stands between two words of memory: blanks, and the place of the first one of a line."""


def _each(pattern: bytes, base: int) -> Callable[[bytes], list[int]]:
    compiled = re.compile(pattern)
    return lambda run: [int(found, base) for found in compiled.findall(run)]


def _whole(run: bytes) -> list[int]:
    """One large number whose digits to the base 256 are the characters."""
    number = int(run)
    return list(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _bits(run: bytes) -> list[int]:
    """One large number to the base 2; calculators wrap it, and leave out the zeros before it."""
    digits = run.translate(None, b"\\\r\nb\x1e")
    digits = digits.removeprefix(b"0") if b"b" in run else digits
    return list(int(digits, 2).to_bytes(-(-len(digits) // 8), "big"))


def _turned_bits(run: bytes) -> list[int]:
    """Bits of which the lowest one of each byte stands first."""
    digits = run.translate(None, b"\\\r\nb\x1e")
    return [int(digits[start : start + 8][::-1], 2) for start in range(0, len(digits) - 7, 8)]


def _octal(run: bytes) -> list[int]:
    number = int(run, 0)
    return list(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _of_fields(run: bytes) -> list[int]:
    return [int(number) for number in _NUMBER.findall(run)[1::2]]


_NOTATIONS: tuple[tuple["re2._Regexp", Callable[[bytes], list[int]]], ...] = tuple(
    (re2.compile(pattern), read)
    for pattern, read in (
        (
            rb"(?:" + _HEX + rb")?(?:(?:0[xX]|[uU]\+00|\\'|\$|%|_|#|&H)" + _HEX + _GAP + rb"){9,}",
            _each(rb"(?:\A|0[xX]|[uU]\+00|['$%_#H])(" + _HEX + rb")", 16),
        ),
        (rb"(?:0?" + _HEX + rb"[hH][\s,;]{0,3}){10,}", _each(rb"(" + _HEX + rb")[hH]", 16)),
        (rb"(?:\\char[0-9]{2,3}[\s{}]{0,3}){10,}", _each(rb"[0-9]+", 10)),
        (rb"(?:0[oO][0-7]{2,3}[\"']?" + _GAP + rb"[\"']?){6,}", _each(rb"[oO]([0-7]+)", 8)),
        (rb"(?:0[bB][01]{7,8}" + _GAP + rb"){10,}", _each(rb"[bB]([01]+)", 2)),
        (rb"(?:[\\\"']{1,3}[0-9]{1,3}[\\\"']{1,3}:\s?[0-9]{2,3}[,}]?\s{0,2}){10,}", _of_fields),
        (rb"(?:[0-9]{2,3}\r?\n){9,}[0-9]{2,3}", _each(rb"[0-9]+", 10)),
        (rb"\b(?:0b)?[01]{40,}(?:\\?\r?\n(?:\x1e\n)?[01]+)*", _bits),
        (rb"\b[01]{40,}(?:\\?\r?\n(?:\x1e\n)?[01]+)*", _turned_bits),
        (rb"0[oO][0-7]{27,1000}", _octal),
        (rb"\b(?:0[3-9][0-9]|1[0-2][0-9]){10,}", _each(rb"[0-9]{3}", 10)),
        (rb"\b(?:[67][0-7]|1[0-7][0-7]|5[5-7]){12,}", _each(rb"1[0-7][0-7]|[5-7][0-7]", 8)),
        (rb"\b[0-9]{36,400}\b", _whole),
    )
)


def _little(run: bytes) -> list[int]:
    """Words of four bytes, the lowest one first."""
    return _words(run, "little")


def _big(run: bytes) -> list[int]:
    return _words(run, "big")


_Order = Literal["little", "big"]


def _of_numbers(size: int, order: _Order) -> Callable[[bytes], list[int]]:
    def read(run: bytes) -> list[int]:
        """Numbers of four or eight bytes each; those with a zero before them tell places."""
        numbers = [int(number) for number in _NUMBER.findall(run) if number[:1] != b"0"]
        if any(number >> 8 * size for number in numbers):
            return []
        return list(b"".join(number.to_bytes(size, order) for number in numbers).rstrip(b"\0"))

    return read


def _words(run: bytes, order: _Order) -> list[int]:
    words = [int(found, 16).to_bytes(4, order) for found in _WORD.findall(run)]
    return list(b"".join(words).rstrip(b"\0"))


_WORDY = (
    (rb"(?:\(byte\)\s?0[xX][0-9A-Fa-f]{2}[,\s]{0,3}){9,}", _each(rb"0[xX]([0-9A-Fa-f]{2})", 16)),
    (rb"(?:\(byte\)\s?[0-9]{2,3}[,\s]{0,3}){9,}", _each(rb"[0-9]+", 10)),
    (rb"(?:[0-9]{2,3}(?:u8|i8|U|L)[,\s]{0,3}){9,}", _each(rb"([0-9]+)[uiUL]", 10)),
    (rb"(?:0[xX][0-9A-Fa-f]{8}[,\s]{0,3}){3,}", _little),
    (rb"(?:0[xX][0-9A-Fa-f]{8}[,\s]{0,3}){3,}", _big),
    *(
        (rb"\b(?:[1-9][0-9]{%d,%d}%b){%d,}[1-9][0-9]{0,%d}\b" % (low, high, _APART, count, high), read)
        for (low, high, count), read in (
            ((3, 4, 4), _of_numbers(2, "little")),
            ((3, 4, 4), _of_numbers(2, "big")),
            ((7, 9, 2), _of_numbers(4, "little")),
            ((7, 9, 2), _of_numbers(4, "big")),
            ((16, 19, 1), _of_numbers(8, "little")),
            ((16, 19, 1), _of_numbers(8, "big")),
        )
    ),
)
_WORDY_NOTATIONS = tuple((re2.compile(pattern), read) for pattern, read in _WORDY)


def _is_text(codes: list[int]) -> bool:
    if _PRINTABLE.issuperset(codes):
        return True
    # Letters of other languages, as several bytes each.
    if max(codes) > 0xFF or not _PRINTABLE.issuperset(code for code in codes if code < 0x80):
        return False
    try:
        bytes(codes).decode()
    except UnicodeDecodeError:
        return False
    return True


def read_codes(view: View) -> View | None:
    """The characters behind the lists; None when there are none."""
    notations = (
        *(_NOTATIONS if Sign.CODES in view.signs else ()),
        *(_WORDY_NOTATIONS if Sign.WORDY_CODES in view.signs else ()),
    )
    parts = Parts()
    for pattern, read in notations:
        for found in pattern.finditer(view.data):
            run = found.group().rstrip(_AFTER)
            codes = read(run)
            if len(codes) >= _SHORTEST and _is_text(codes):
                parts.add(bytes(codes), found.start(), found.start() + len(run))
    return View(parts, view, joint=SEPARATOR) if parts else None

"""
What a text says how to undo: ``xor 0x2a``, ``every letter moved by 3``, ``Vigenere, key LEMON``.

Only near words for a cipher, so that other texts pay nothing. Where no key is told, all short ones are tried.
"""

import re
from collections.abc import Iterator
from functools import cache

import re2

from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.signs import Sign
from tenant_daemon.redaction.views.decoded import unbase64
from tenant_daemon.redaction.views.embedded import is_mostly_text
from tenant_daemon.redaction.views.vendor_marks import has_mark
from tenant_daemon.redaction.views.view import Code, Parts, View

_HINT = re2.compile(rb"(?i)\bxor|caesar|cipher|\brot[ -]?\d|shift|vigen|plus one|minus one|moved by|offset")
_REACH, _BEFORE = 700, 300
_MOST_WORDS = 8
_SHORT_TEXT, _LONGEST_WORD = 2_048, 128
_WORD = re.compile(rb"[!-~]{8,400}")
_DATA = re.compile(rb"(?:[0-9A-Fa-f]{2}[ :,]?){8,400}|[A-Za-z0-9+/_-]{12,800}={0,2}")
_NUMBER = re.compile(rb"(?i)\b(?:0x([0-9a-f]{1,2})|(\d{1,3}))\b")
_KEY = re.compile(rb"(?i)\b(?:key|keyword|password|mit|with|by)[ :=]{1,4}[\"'`]?([A-Za-z0-9_-]{1,24})[\"'`]?")
_SIGNS = bytes(range(33, 127))


def read_stated(view: View) -> tuple[View | None, View | None]:
    """What comes out as text, and what comes out whatever it is."""
    texts, others = Parts(), Parts()
    if Sign.STATED in view.signs:
        hint = _HINT.search(view.data)
        start = max(0, hint.start() - _BEFORE) if hint else 0
        end = hint.end() + _REACH if hint else 0
        near = view.data[start:end]
        keys = [found.group(1) for found in _KEY.finditer(near)]
        _undo_xor(near, start, keys, texts)
        _undo_keys(near, start, keys, texts, others)
        _undo_shifts(near, start, others)
    return (
        View(texts, view, joint=SEPARATOR) if texts else None,
        View(others, view, joint=SEPARATOR) if others else None,
    )


def read_moved(view: View) -> View | None:
    """The long words of a short text with their letters moved in every way; None when there are none."""
    if view.is_inner or len(view.data) >= _SHORT_TEXT:
        return None
    words = [(start, end) for start, end in view.tokens if end - start <= _LONGEST_WORD]
    if not words or sum(end - start for start, end in words) > _LONGEST_WORD:
        return None
    parts = Parts()
    for step in range(1, 26):
        table = _moved(step)
        for start, end in words:
            parts.add(view.data[start:end].translate(table), start, end, Code.EVEN)
            parts.add(SEPARATOR, end, end)
    return View(parts, view)


def _undo_xor(near: bytes, offset: int, keys: list[bytes], texts: Parts) -> None:
    if b"xor" not in near.lower():
        return
    codes = {int(a, 16) if a else int(b) for a, b in _NUMBER.findall(near)}
    numbers = [code for code in codes if 0 < code < 256] or range(1, 256)
    every = [*keys, *(bytes([number]) for number in numbers), *(bytes([n]) for n in range(1, 256))]
    for count, found in enumerate(_DATA.finditer(near)):
        if count >= _MOST_WORDS:
            return
        for raw in _raw(found.group()):
            for key in dict.fromkeys(every):
                plain = _xored(raw, key)
                if is_mostly_text(plain) and (key in every[: len(keys) + len(numbers)] or has_mark(plain)):
                    texts.add(plain, offset + found.start(), offset + found.end())


def _raw(word: bytes) -> Iterator[bytes]:
    digits = word.translate(None, b" :,")
    if not digits.translate(None, b"0123456789abcdefABCDEF"):
        yield bytes.fromhex(digits[: len(digits) & ~1].decode())
    if raw := unbase64(word.rstrip(b"=")):
        yield raw


def _xored(raw: bytes, key: bytes) -> bytes:
    whole = (key * (len(raw) // len(key) + 1))[: len(raw)]
    size = len(raw)
    return (int.from_bytes(raw, "big") ^ int.from_bytes(whole, "big")).to_bytes(size, "big")


def _undo_keys(near: bytes, offset: int, keys: list[bytes], texts: Parts, others: Parts) -> None:
    words = [key for key in keys if key.isalpha()]
    if not words or b"vigen" not in near.lower():
        return
    for found in list(_WORD.finditer(near))[: 4 * _MOST_WORDS]:
        for key in words:
            plain = _vigenere(found.group(), key.lower())
            into = texts if has_mark(plain) else others
            into.add(plain, offset + found.start(), offset + found.end(), Code.EVEN)


def _vigenere(word: bytes, key: bytes) -> bytes:
    plain = bytearray(word)
    at = 0
    for place, byte in enumerate(word):
        base = 65 if 65 <= byte <= 90 else 97 if 97 <= byte <= 122 else 0
        if base:
            plain[place] = base + (byte - base - (key[at % len(key)] - 97)) % 26
            at += 1
    return bytes(plain)


def _undo_shifts(near: bytes, offset: int, others: Parts) -> None:
    for step in range(1, 26):
        others.add(near.translate(_moved(step)), offset, offset + len(near), Code.EVEN)
    for step in (1, -1):
        others.add(
            near.translate(bytes.maketrans(_SIGNS, bytes(33 + (sign - 33 + step) % 94 for sign in _SIGNS))),
            offset,
            offset + len(near),
            Code.EVEN,
        )


@cache
def _moved(step: int) -> bytes:
    lower = bytes(97 + (number + step) % 26 for number in range(26))
    letters = bytes(range(97, 123))
    return bytes.maketrans(letters + letters.upper(), lower + lower.upper())

"""
Secrets of which much is punctuation or foreign letters, in part, in another case or turned around.

Reason: the projection keeps ASCII letters and digits. Of ``GzZ*&"]j(oD7|Q`` that leaves so little that most
of the secret could stand in a text without being seen.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from math import ceil

from tenant_daemon.contracts.references import reference_to
from tenant_daemon.redaction.engines import LiteralEngine
from tenant_daemon.redaction.findings import Finding, Layer

_MOST = 0.6
"""The share of a secret that counts as revealing it."""
_SHORTEST, _LEAST_PART = 8, 7
_DELETED = bytes(range(33)) + b"\x7f\"'`\\"
"""What is slipped in by quoting, escaping and wrapping."""
_SLIPPED_IN = b"[\\x00-\\x20\\x7f\"'`\\\\]*"
_LOWER = bytes(byte + 32 if 65 <= byte <= 90 else byte for byte in range(256))
_DIGITS = b"0123456789"
_LETTERS = bytes(range(97, 123))
_LEAST_MARKS = 2
_UPPER_BITS, _GOES_ON = 0xC0, 0x80
"""How bytes of UTF-8 begin, and those that begin no character."""

_Part = tuple[str, bytes, bool]
"""Name of a secret, the whole of it as it is searched for, and whether the part is its end."""


class PunctuatedSecrets:
    """Finds the given ``(name, value)``. Immutable, safe to use from several threads."""

    def __init__(
        self, secrets: Sequence[tuple[str, str]], engine: Callable[[Sequence[bytes]], LiteralEngine]
    ) -> None:
        self._parts: dict[bytes, _Part] = {}
        for name, value in secrets:
            for shown in (value, value[::-1]):
                whole = _squeezed(shown.encode("utf-8", "surrogatepass"))
                size = max(_LEAST_PART, ceil(_MOST * len(whole)))
                for part, is_end in ((whole[:size], False), (whole[-size:], True)):
                    if len(whole) >= _SHORTEST and not part.isalpha():
                        self._parts.setdefault(part, (name, whole, is_end))
        self._literals = list(self._parts)
        self._engine = engine(self._literals)

    def __bool__(self) -> bool:
        return bool(self._parts)

    def find(self, data: bytes) -> Iterator[Finding]:
        """Where they stand in ``data`` (UTF-8)."""
        squeezed = _squeezed(data)
        shown: dict[bytes, str] = {}
        for index, end in self._engine.find(squeezed):
            part = self._literals[index]
            name, whole, is_end = self._parts[part]
            grown = _grown(squeezed, end - len(part), end, whole, is_end=is_end)
            if grown == whole or _is_distinctive(grown):
                shown[grown] = name
        for part, name in shown.items():
            for found in _pattern(part).finditer(data):
                start, end = _whole_characters(data, *found.span())
                yield Finding(start, end, Layer.KNOWN, reference_to(name))


def _squeezed(data: bytes) -> bytes:
    return data.translate(_LOWER, _DELETED)


def _is_distinctive(part: bytes) -> bool:
    """Whether a part is no beginning of a word, nor two of them with something between."""
    letters = len(part) - len(part.translate(None, _LETTERS))
    digits = len(part) - len(part.translate(None, _DIGITS))
    return digits > 0 if letters + digits == len(part) else len(part) - letters >= _LEAST_MARKS


def _grown(data: bytes, start: int, end: int, whole: bytes, *, is_end: bool) -> bytes:
    """As much of the secret as stands there."""
    size = end - start
    if is_end:
        while size < len(whole) and start > 0 and data[start - 1] == whole[-size - 1]:
            start, size = start - 1, size + 1
        return whole[-size:]
    while size < len(whole) and end < len(data) and data[end] == whole[size]:
        end, size = end + 1, size + 1
    return whole[:size]


def _whole_characters(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Without what is only the rest, or the beginning, of a character of several bytes."""
    while start < end and data[start] & _UPPER_BITS == _GOES_ON:
        start += 1
    while end < len(data) and start < end and data[end] & _UPPER_BITS == _GOES_ON:
        end -= 1
    return start, end


@lru_cache(maxsize=1_000)
def _pattern(part: bytes) -> re.Pattern[bytes]:
    return re.compile(_SLIPPED_IN.join(re.escape(part[i : i + 1]) for i in range(len(part))), re.IGNORECASE)

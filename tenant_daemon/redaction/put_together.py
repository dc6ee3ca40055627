"""
Is a value words and a number that somebody put together for a password, ``Keller-Regal8``?

Reason: such a value looks like the name of a thing. Only a sentence that gives it as a password tells it
apart, and only where its words are none that such sentences say of passwords: a product, a format, a length.
"""

import re
from typing import Final

from tenant_daemon.redaction.plausibility import (
    SAID_BY_NUMBERS,
    WORDS_OF_PROGRAMS,
    is_stand_in,
    looks_like_secret,
)

_SHORTEST: Final = 6
_WORD: Final = re.compile(r"[A-ZÀ-Þ]?[a-zß-ÿĀ-ž]+|[A-ZÀ-Þ]+")
_LEAST_OF_WORD: Final = 3
_AMOUNT: Final = re.compile(r"[<>~]?\d{1,4}[-.,]?[^\W\d_]*")
"""``12-stellig``, ``30days``."""
_VERSION: Final = re.compile(
    r"(?:.*[^A-Za-z])?[vV]?\d{1,3}(?:\.\d{1,3}){1,3}(?:[-+].*)?|[vV]\d{1,2}(?:alpha|beta|rc)\d{0,2}"
)
_ORDINARY: Final = re.compile(
    r"(?i)[a-z]+://.*|/.*|.*/.*/.*|[\w.+-]+@[\w-]+\.[\w.-]+|[\w-]+\.[a-z]{2,4}|#\d+|[0-9a-f]{7,}|[\d.,:/+-]+"
    r"|[a-z]{1,4}-?\d{1,7}|[A-Z]{2,12}-\d+"
)
"""Addresses, files, numbers of tickets and articles, digests."""


def looks_put_together(value: str) -> bool:
    """Whether a value is made of words and digits or marks, none of which such sentences say of passwords."""
    value = value.rstrip(".,;:!?)")
    if len(value) < _SHORTEST or is_stand_in(value) or not any(map(str.isdigit, value)):
        return False
    words = [word.lower() for word in _WORD.findall(value)]
    if not any(len(word) >= _LEAST_OF_WORD for word in words):
        return False
    if any(pattern.fullmatch(value) for pattern in (_AMOUNT, _VERSION, _ORDINARY)):
        return False
    if not (SAID_BY_NUMBERS.isdisjoint(words) and WORDS_OF_PROGRAMS.isdisjoint(words)):
        return False
    return looks_like_secret(value)

"""Ids: a short prefix that says what it names, and a time-ordered random part."""

import os
import re
import time
from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_ID: Final = re.compile(r"[a-z]{2,8}_[0-9a-hjkmnp-tv-z]{26}")


def new_id(prefix: str) -> str:
    """
    A new id like ``ten_01k9…``: 48 bits of milliseconds, then 80 random bits, Crockford base 32.

    Ids of one prefix sort by the time of their making, so that they serve as paging cursors.
    """
    number = (time.time_ns() // 1_000_000 << 80) | int.from_bytes(os.urandom(10))
    digits = []
    for _ in range(26):
        number, rest = divmod(number, 32)
        digits.append(_ALPHABET[rest])
    return f"{prefix}_{''.join(reversed(digits))}"


def is_id(value: str, prefix: str) -> bool:
    """Whether the value has the form of an id with this prefix."""
    return value.startswith(f"{prefix}_") and _ID.fullmatch(value) is not None

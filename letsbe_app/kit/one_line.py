"""Names that stand on one line. Pure."""

import unicodedata
from typing import Final

_DIRECTIONS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn what follows around, so that a name can look like another one."""


def is_plain(text: str) -> bool:
    """Whether a text has neither control characters, such as line breaks, nor such that change direction."""
    hidden = {"Cc", "Zl", "Zp"}
    return not any(unicodedata.category(letter) in hidden or letter in _DIRECTIONS for letter in text)

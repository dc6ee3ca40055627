"""Names that stand on one line. Pure."""

import unicodedata
from typing import Final

from letsbe_app.errors import InvalidInput

_HIDDEN: Final = frozenset({"Cc", "Zl", "Zp"})
_DIRECTIONS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn what follows around, so that a name can look like another one."""


def is_plain(text: str) -> bool:
    """Whether a text has neither control characters, such as line breaks, nor such that change direction."""
    return not any(map(_is_hidden, text))


def without_hidden(text: str) -> str:
    """The text without the characters that ``is_plain`` minds; white space stays."""
    return "".join(letter for letter in text if letter.isspace() or not _is_hidden(letter))


def one_line(text: str, field: str, *, longest: int, missing: str = "") -> str:
    """
    A name as it is kept: white space, also line breaks, made single spaces.

    Args:
        text: As somebody wrote it.
        field: What the name is called in the input.
        longest: How many characters it may have.
        missing: What to say when nothing of it can be seen; empty where a name may be left out.

    Raises:
        InvalidInput: It cannot be kept.
    """
    line = " ".join(text.split())
    if missing and not any(unicodedata.category(letter)[0] in "LNPS" for letter in line):
        raise InvalidInput.of_field(field, missing)
    if not is_plain(line):
        raise InvalidInput.of_field(field, "Use letters, digits and signs that can be seen.")
    if len(line) > longest:
        raise InvalidInput.of_field(field, f"Use at most {longest} characters.")
    return line


def _is_hidden(letter: str) -> bool:
    return unicodedata.category(letter) in _HIDDEN or letter in _DIRECTIONS

"""
Characters that have no business in a command, a path or an address.

They make what a person reads differ from what a program gets: control characters, bidirectional overrides
("Trojan Source", CVE-2021-42574), zero-width and other invisible characters, blanks that are not a blank.
"""

import re
from typing import Final

_INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_BLANKS: Final = "\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# Private use: kept for our own placeholders, and never something a person can read.
_PRIVATE: Final = "\ue000-\uf8ff\ud800-\udfff"
_SLASH_LOOKALIKES: Final = "\u2044\u2215\u29f8\uff0f\uff3c\u2024\uff0e\ufe52"

_IN_COMMAND: Final = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_INVISIBLE}{_BLANKS}{_PRIVATE}]")
_IN_NAME: Final = re.compile(f"[\x00-\x1f\x7f-\x9f{_INVISIBLE}{_BLANKS}{_PRIVATE}{_SLASH_LOOKALIKES}]")
# The sign that asks for the picture of a symbol, right behind one that has a picture, and nowhere else.
_PICTURES: Final = re.compile(
    "(?<=[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23fa\u24c2\u25aa-\u27bf"
    "\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff])\ufe0f"
    "|(?<=[0-9#*])\ufe0f(?=\u20e3)"
)


def find_hidden_character(text: str) -> str | None:
    """
    The first character that must not be in a command line, as ``U+XXXX``; None when all are fine.

    Line feed and tab pass: SQL inside quotes often has them, and the parser decides about the rest. So does
    the sign that belongs to a picture.
    """
    if text.isascii() and text.isprintable():
        return None
    found = _IN_COMMAND.search(_PICTURES.sub("", text))
    return None if found is None else f"U+{ord(found[0]):04X}"


def find_hidden_in_name(text: str) -> str | None:
    """The same for a path, a key or an address: no blank but the blank, nothing that looks like a slash."""
    if text.isascii() and text.isprintable():
        return None
    found = _IN_NAME.search(text)
    return None if found is None else f"U+{ord(found[0]):04X}"

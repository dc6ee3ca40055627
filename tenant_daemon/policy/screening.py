"""
Characters that have no business in a command, a path or an address.

They make what a person reads differ from what a program gets: control characters, bidirectional overrides
("Trojan Source", CVE-2021-42574), zero-width and other invisible characters, blanks that are not a blank.
"""

import re
from typing import Final

from tenant_daemon.contracts.hidden import INVISIBLE, PICTURE_SIGN

_BLANKS: Final = "\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# Private use: kept for our own placeholders, and never something a person can read.
_PRIVATE: Final = "\ue000-\uf8ff\ud800-\udfff"
_SLASH_LOOKALIKES: Final = "\u2044\u2215\u29f8\uff0f\uff3c\u2024\uff0e\ufe52"

_IN_COMMAND: Final = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{INVISIBLE}{_BLANKS}{_PRIVATE}]")
_IN_NAME: Final = re.compile(f"[\x00-\x1f\x7f-\x9f{INVISIBLE}{_BLANKS}{_PRIVATE}{_SLASH_LOOKALIKES}]")
_PICTURES: Final = re.compile(PICTURE_SIGN)


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

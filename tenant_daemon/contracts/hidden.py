"""
Characters that a person does not see, and how they are written where a person decides.

They make what is read differ from what is there: bidirectional overrides ("Trojan Source", CVE-2021-42574),
zero-width characters, escape sequences that rewrite a terminal. Pure.
"""

import re
from typing import Final

INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""The inside of a character class; control characters, blanks and private use are not among them."""
_PICTURE: Final = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23fa\u24c2\u25aa-\u27bf"
    "\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
PICTURE_SIGN: Final = f"(?<=[{_PICTURE}])\ufe0f|(?<=[0-9#*])\ufe0f(?=\u20e3)"
"""The sign that asks for the picture of a symbol, right behind one that has a picture, and nowhere else."""

# Pictures made of several, and letters that would join in scripts where the join tells words apart.
_JOINING: Final = "\u0600-\u06ff\u0750-\u077f\u0900-\u0dff"
_JOINED: Final = (
    f"(?<=[{_PICTURE}\ufe0f])\u200d(?=[{_PICTURE}])|(?<=[{_JOINING}])[\u200c\u200d](?=[{_JOINING}])"
)
_TOLD: Final = re.compile(
    f"{PICTURE_SIGN}|{_JOINED}|\r\n"
    f"|(?P<hidden>[\x00-\x08\x0b-\x1f\x7f-\x9f{INVISIBLE}\u2028\u2029\ue000-\uf8ff\ud800-\udfff])"
)


def with_hidden_shown(text: str) -> str:
    """
    ``text`` with each character that nobody sees written as ``[U+202E]``.

    Line breaks and tabs stay, and so does what belongs to a picture or joins letters of a script.
    """
    return _TOLD.sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    return f"[U+{ord(found['hidden']):04X}]" if found["hidden"] else found[0]

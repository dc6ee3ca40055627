"""Whether a text is another one with secrets taken out of it, and nothing else changed. Pure."""

import re
from typing import Final

_MOST: Final = 0.5
_TAKEN_OUT: Final = re.compile(r"SECRET_REF\([a-z0-9-]{1,63}\)|\[REDACTED(?::[^\[\]\s]{1,80})?\]")


def is_cleaned(said: str, cleaned: str) -> bool:
    """
    True when ``cleaned`` is ``said`` with placeholders in place of parts of it.

    A server may take something out of what its customer wrote; it can put no other words into their mouth.
    """
    first, *pieces = _TAKEN_OUT.split(cleaned)
    if not pieces:
        return cleaned == said
    last = pieces.pop()
    end = len(said) - len(last)
    if not said.startswith(first) or not said.endswith(last) or end < len(first):
        return False
    at = len(first)
    for piece in pieces:
        found = said.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def is_mostly_kept(said: str, cleaned: str) -> bool:
    """Whether only a lesser part of what was said was taken out, so that it is surely about this text."""
    return len(_TAKEN_OUT.sub("", cleaned)) >= _MOST * len(said)

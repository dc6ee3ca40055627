"""
The parts of a text that another reading can change.

One escape in a body of 100 kB would otherwise have all of it searched a second time.
"""

from collections.abc import Iterator

import re2

from tenant_daemon.redaction.views.view import Span

_REACH = 4_096
"""Bytes on either side: more than the longest key has, so that its armour and its name stay with it."""
_STEP = 2_048
_LONGEST_WORD = 1_024


def surroundings(data: bytes, sign: "re2._Regexp") -> Iterator[Span]:
    """Where the signs and what stands around them are, in order, not touching each other."""
    low = high = position = 0
    while found := sign.search(data, position):
        at = found.start()
        start = _before_word(data, at - _REACH)
        if start > high:
            if low < high:
                yield low, high
            low = start
        high = _behind_word(data, at + _STEP + _REACH)
        # What comes soon lies within already, surroundings and all.
        position = max(found.end(), at + _STEP)
    if low < high:
        yield low, high


def _before_word(data: bytes, position: int) -> int:
    if position <= 0:
        return 0
    found = data.rfind(b" ", max(0, position - _LONGEST_WORD), position)
    return found if found >= 0 else position


def _behind_word(data: bytes, position: int) -> int:
    if position >= len(data):
        return len(data)
    found = data.find(b" ", position, position + _LONGEST_WORD)
    return found if found >= 0 else position

"""
What was found once, found again where nothing announces it.

"My password is X" tells that X is a secret. The same X in a file's name, in a tool's error or in a later
message stands there without a word about it, and is the same secret.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tenant_daemon.redaction.findings import Finding, Layer

_TOLD: Final = frozenset({Layer.PATTERN, Layer.JSON_KEY})
"""What the vault knows is searched for everywhere anyway; what is random is seen wherever it stands."""
_DISTINCTIVE: Final = re.compile(rb"(?=\S*[0-9])(?=\S*[A-Za-z\x80-\xff])\S{8,128}")
"""Not what may be an ordinary word, a number, or several words."""
_MOST: Final = 24
"""Values looked for, so that texts full of secrets cost no more than their length."""
_WORD: Final = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
_WALL: Final = b"\0"


def find_echoes(
    texts: Mapping[int, bytes], found: Mapping[int, Sequence[Finding]]
) -> Iterator[tuple[int, Finding]]:
    """
    Every place of what was found, those where it was found included, with the index of its text.

    Args:
        texts: Where to look, by index.
        found: Settled findings, by the same indexes.
    """
    told = _told(texts, found)
    if not told:
        return
    whole = _WALL.join(texts.values())
    for value, finding in told.items():
        if whole.count(value) < 2:
            continue
        for index, text in texts.items():
            for start in _places(text, value):
                yield index, Finding(start, start + len(value), finding.layer, finding.placeholder)


def _told(texts: Mapping[int, bytes], found: Mapping[int, Sequence[Finding]]) -> dict[bytes, Finding]:
    told: dict[bytes, Finding] = {}
    for index, findings in found.items():
        for finding in findings:
            if len(told) == _MOST:
                return told
            if finding.layer not in _TOLD or not finding.placeholder or index not in texts:
                continue
            value = texts[index][finding.start : finding.end]
            if _DISTINCTIVE.fullmatch(value):
                told.setdefault(value, finding)
    return told


def _places(text: bytes, value: bytes) -> Iterator[int]:
    """Where it stands as a whole, not as a piece of a longer word."""
    start = text.find(value)
    while start >= 0:
        end = start + len(value)
        if not (start and text[start - 1] in _WORD) and not (end < len(text) and text[end] in _WORD):
            yield start
        start = text.find(value, end)

"""
Encoded data inside a longer word: ``v_H4sI...``, ``+789c...`` in a diff, a word glued to its neighbours.

Read from its first character such a word gives nonsense. So it is also read from where an archive begins,
from behind marks that join words, and from the next few characters; only what then makes sense is kept.
"""

import re
from collections.abc import Iterator
from itertools import islice

from tenant_daemon.redaction.views.unpacked import has_head, has_sure_head
from tenant_daemon.redaction.views.wide import is_wide

_ARCHIVE_IN_BASE64 = re.compile(rb"H4sI|eJ[wxyz]|eN[opqr]|eAE|Qlpo|UEsDB|[/_]Td6")
_ARCHIVE_IN_HEX = re.compile(
    rb"1[fF]8[bB]08|78(?:9[cC]|[dD][aA]|01|5[eE])|425[aA]68|504[bB]0304|[fF][dD]377[aA]"
)
_JOINT = re.compile(rb"[+/_-]+")
_LONG_RUN = b"x" * 20
_HEX_RUN = re.compile(rb"[0-9A-Fa-f]{%d,}" % len(_LONG_RUN))
_HEX_SHAPE = bytes(120 if byte in b"0123456789ABCDEFabcdef" else 32 for byte in range(256))
_MOST_STARTS = 12
_SAMPLE = 64
_LONGEST_CHARACTER = 4
_TEXT = bytes(range(32, 127)) + b"\t\n\r"
_NOT_ASCII = bytes(range(128, 256))
_TEXT_OR_HIGH = _TEXT + _NOT_ASCII


def starts_in_base64(token: bytes, *, is_inner: bool) -> list[tuple[int, bool]]:
    """
    Where else reading base64 may begin, and whether bare deflate data is worth an attempt there.

    Args:
        token: The word.
        is_inner: Whether it was encoded itself; there are few of those, so that much can be tried.
    """
    starts = dict.fromkeys((1, 2, 3), is_inner)
    for found in _JOINT.finditer(token, 0, 4 * _SAMPLE):
        if 0 < found.end() < len(token) - 8:
            starts[found.end()] = True
        if len(starts) >= _MOST_STARTS:
            break
    for found in _ARCHIVE_IN_BASE64.finditer(token):
        starts[found.start()] = True
        if len(starts) >= 2 * _MOST_STARTS:
            break
    return [(start, is_loose) for start, is_loose in starts.items() if start > 0]


def hex_runs(token: bytes) -> Iterator[tuple[int, int]]:
    """Where long runs of hex digits stand in a word that has other characters as well."""
    # Most words have none, and looking for a fixed string is quick.
    if _LONG_RUN not in token.translate(_HEX_SHAPE):
        return iter(())
    return (found.span() for found in _HEX_RUN.finditer(token))


def starts_in_hex(digits: bytes) -> list[int]:
    """Where else reading hex may begin."""
    return [1, *(found.start() for found in islice(_ARCHIVE_IN_HEX.finditer(digits), _MOST_STARTS))]


def makes_sense(raw: bytes, *, is_loose: bool = False) -> bool:
    """Whether bytes read from a guessed place are text or an archive."""
    if has_sure_head(raw) or (is_loose and has_head(raw)):
        return True
    sample = raw[:_SAMPLE]
    if is_wide(sample):
        return True
    # A stray character at the end belongs to what the word was glued to.
    return len(sample) >= 12 and is_mostly_text(sample)


def is_mostly_text(raw: bytes) -> bool:
    """Whether bytes are nearly all printable ASCII, or text in UTF-8."""
    if len(raw.translate(None, _TEXT)) * 10 <= len(raw):
        return True
    if raw[:1] > b"\xf4" or raw.translate(None, _TEXT_OR_HIGH):
        return False
    try:
        raw.decode()
    except UnicodeDecodeError as exc:
        return exc.start >= len(raw) - _LONGEST_CHARACTER > 0  # The last character was cut.
    return True

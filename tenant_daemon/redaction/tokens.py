"""The long unbroken words of a text: what keys, hashes and encoded data look like."""

import re

SHORTEST = 16

_WORD = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-")
# Word characters become ``x``, all others a space: then looking for long words is looking for a fixed string,
# which skips most of the text.
_SHAPE = bytes(120 if byte in _WORD else 32 for byte in range(256))
_BACKSLASH = 0x5C
_ESCAPED = re.compile(rb"u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[nrt]|")
"""The letters of an escape before a word are no part of it, ``\\nH4sI``."""
_LONG = b"x" * SHORTEST


def long_tokens(data: bytes) -> list[tuple[int, int]]:
    """Where runs of at least 16 letters, digits and ``+/_-`` stand in ``data``."""
    shape = data.translate(_SHAPE)
    spans = []
    start = shape.find(_LONG)
    while start >= 0:
        end = shape.find(b" ", start + SHORTEST)
        if end < 0:
            end = len(data)
        if start > 0 and data[start - 1] == _BACKSLASH:
            escape = _ESCAPED.match(data, start)
            start = escape.end() if escape else start
        spans.append((start, end))
        start = shape.find(_LONG, end)
    return spans

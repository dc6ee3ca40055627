"""The long unbroken words of a text that may be more than words: keys, hashes and encoded data."""

import re

SHORTEST = 16

PLAIN = b"abcdefghijklmnopqrstuvwxyz/_-"
"""Words of only these are names and paths: hex has digits, and so has nearly all base64 of this length."""
WORD = PLAIN + b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+"

# Word characters become ``x``, all others a space: then looking for long words is looking for a fixed string,
# which skips most of the text.
_SHAPE = bytes(120 if byte in WORD else 32 for byte in range(256))
_BACKSLASH = 0x5C
_ESCAPED = re.compile(rb"u[0-9A-Fa-f]{4}|x(?=[0-9A-Fa-f]{34})|x[0-9A-Fa-f]{2}|[nrt]|")
"""
The letters of an escape before a word are no part of it, ``\\nH4sI``.

Databases write bytes as ``\\x504d...``, which is one word.
"""
_LONG = b"x" * SHORTEST
_BULK = 16_384
"""Bytes from which on working on whole columns pays."""


def long_tokens(data: bytes) -> list[tuple[int, int]]:
    """Where runs of 16 or more letters, digits and ``+/_-`` stand in ``data`` that are not all ``PLAIN``."""
    if len(data) < _BULK:
        spans = [span for span in _runs(data) if data[span[0] : span[1]].translate(None, PLAIN)]
    else:
        # Short texts, and what starts often, do without it.
        from tenant_daemon.redaction.bulk import long_runs

        spans = long_runs(data)
    if _BACKSLASH in data:
        return [(_behind_escape(data, start), end) for start, end in spans]
    return spans


def _runs(data: bytes) -> list[tuple[int, int]]:
    shape = data.translate(_SHAPE)
    spans = []
    start = shape.find(_LONG)
    while start >= 0:
        end = shape.find(b" ", start + SHORTEST)
        if end < 0:
            end = len(data)
        spans.append((start, end))
        start = shape.find(_LONG, end)
    return spans


def _behind_escape(data: bytes, start: int) -> int:
    if start == 0 or data[start - 1] != _BACKSLASH:
        return start
    escape = _ESCAPED.match(data, start)
    return escape.end() if escape else start

"""The long unbroken words of a text: what keys, hashes and encoded data look like."""

import re

SHORTEST = 16

# Possessive (Python 3.11), and used with ``match`` in a loop: what was skipped is never looked at again, so
# the time stays linear whatever the text.
_NEXT = re.compile(rb"(?:[A-Za-z0-9+/_-]{0,15}+[^A-Za-z0-9+/_-]+)*+([A-Za-z0-9+/_-]{16,})")


def long_tokens(data: bytes) -> list[tuple[int, int]]:
    """Where runs of at least 16 letters, digits and ``+/_-`` stand in ``data``."""
    spans = []
    position = 0
    while found := _NEXT.match(data, position):
        spans.append(found.span(1))
        position = found.end()
    return spans

"""
Where one string may go on in the next.

What was encoded first and cut into strings afterwards can only be decoded when it is put together again. So
the unbroken word at the end of each string is joined with the one at the beginning of the next.
"""

from collections.abc import Iterator, Sequence

from tenant_daemon.redaction.rows import GAP, SEPARATOR, Row
from tenant_daemon.redaction.tokens import SHORTEST

_LONGEST = 65_536
_LONGEST_PART = 4_096
"""Of a string that is one word as a whole, like compact JSON; more of it does not belong to the seam."""

_EDGE = 400

_Part = tuple[int, bytes, int]
"""Leaf index, the part, and where it stands in the leaf."""


def seam_row(encoded: Sequence[bytes], *orders: Sequence[int]) -> Row:
    """Every word that runs over the ends of the leaves, in any of their orders; separated from each other."""
    parts: list[_Part] = []
    for order in orders:
        for chain in _chains(encoded, order):
            parts += chain
            parts.append((GAP, SEPARATOR, 0))
    return Row([part[0] for part in parts], [part[1] for part in parts], [part[2] for part in parts], b"")


def glued_row(encoded: Sequence[bytes], order: Sequence[int]) -> Row:
    """
    The ends of each leaf next to the beginnings of the next one, blanks and all, with nothing in between.

    For what has blanks in it and was cut somewhere: hex in pairs, dumps, escapes.
    """
    parts: list[_Part] = []
    for index in order:
        data = encoded[index]
        if len(data) <= 2 * _EDGE:
            parts.append((index, data, 0))
        else:
            parts.append((index, data[:_EDGE], 0))
            parts.append((GAP, SEPARATOR, 0))
            parts.append((index, data[-_EDGE:], len(data) - _EDGE))
    return Row([part[0] for part in parts], [part[1] for part in parts], [part[2] for part in parts], b"")


def _chains(encoded: Sequence[bytes], order: Sequence[int]) -> Iterator[list[_Part]]:
    chain: list[_Part] = []
    for index in order:
        data = encoded[index]
        if not data:
            continue
        head = _head(data)
        if chain and head:
            chain.append((index, data[:head], 0))
            if head == len(data):
                continue
        if _is_worthwhile(chain):
            yield chain
        tail = _tail(data)
        chain = [(index, data[tail:], tail)] if tail < len(data) else []
    if _is_worthwhile(chain):
        yield chain


def _head(data: bytes) -> int:
    """Where the first word ends."""
    end = min(len(data), _LONGEST_PART)
    for blank in (b" ", b"\t"):
        found = data.find(blank, 0, end)
        end = found if found >= 0 else end
    return end


def _tail(data: bytes) -> int:
    """Where the last word begins."""
    start = max(0, len(data) - _LONGEST_PART)
    return max(start, data.rfind(b" ", start) + 1, data.rfind(b"\t", start) + 1)


def _is_worthwhile(chain: list[_Part]) -> bool:
    return len(chain) > 1 and SHORTEST <= sum(len(part[1]) for part in chain) <= _LONGEST

"""
Where one string may go on in the next.

What was encoded first and cut into strings afterwards can only be decoded when it is put together again. So
the unbroken word at the end of each string is joined with the one at the beginning of the next.
"""

from collections.abc import Iterator, Mapping, Sequence

from tenant_daemon.redaction.rows import GAP, SEPARATOR, Row
from tenant_daemon.redaction.tokens import SHORTEST

_LONGEST = 65_536
_LONGEST_PART = 4_096
"""Of a string that is one word as a whole, like compact JSON; more of it does not belong to the seam."""

_INDENT = b" \t>|+"
_WALL = SEPARATOR + b"0" * 24 + SEPARATOR
"""Between the two ends of one leaf; unlike the separator it also keeps them apart when projected."""
_Part = tuple[int, bytes, int]
"""Leaf index, the part, and where it stands in the leaf."""


def seam_row(encoded: Sequence[bytes], *orders: Sequence[int]) -> Row:
    """Every word that runs over the ends of the leaves, in any of their orders; separated from each other."""
    parts: list[_Part] = []
    edges: dict[int, tuple[int, int]] = {}
    for order in orders:
        for index in order:
            if index not in edges and (data := encoded[index]):
                edges[index] = (_head(data), _tail(data))
        for chain in _chains(encoded, order, edges):
            parts += chain
            parts.append((GAP, SEPARATOR, 0))
    return Row([part[0] for part in parts], [part[1] for part in parts], [part[2] for part in parts], b"")


def edge_row(encoded: Sequence[bytes], order: Sequence[int], edge: int, joint: bytes = b"") -> Row:
    """
    The ends of each leaf next to the beginnings of the next one, ``edge`` bytes of each, blanks and all.

    With nothing in between, for what has blanks in it and was cut somewhere: hex in pairs, dumps, escapes.
    """
    indexes: list[int] = []
    pieces: list[bytes] = []
    offsets: list[int] = []
    for index in order:
        data = encoded[index]
        if len(data) <= 2 * edge:
            indexes.append(index)
            pieces.append(data)
            offsets.append(0)
        else:
            indexes += (index, GAP, index)
            pieces += (data[:edge], _WALL, data[-edge:])
            offsets += (0, 0, len(data) - edge)
    return Row(indexes, pieces, offsets, joint)


def _chains(
    encoded: Sequence[bytes], order: Sequence[int], edges: Mapping[int, tuple[int, int]]
) -> Iterator[list[_Part]]:
    chain: list[_Part] = []
    for index in order:
        data = encoded[index]
        if not data:
            continue
        head, tail = edges[index]
        if chain and head:
            chain.append((index, data[:head], 0))
            if head == len(data):
                continue
        if _is_worthwhile(chain):
            yield chain
        chain = [(index, data[tail:], tail)] if tail < len(data) else []
    if _is_worthwhile(chain):
        yield chain


def _head(data: bytes) -> int:
    """Where the first word ends. The indentation of a wrapped line does not end it."""
    limit = min(len(data), _LONGEST_PART)
    end = _first_blank(data, 0, limit)
    while end < limit and _is_indent(data, end):
        end = _first_blank(data, len(data) - len(data[end:].lstrip(_INDENT)), limit)
    return end


def _first_blank(data: bytes, start: int, end: int) -> int:
    for blank in (b" ", b"\t"):
        found = data.find(blank, start, end)
        end = found if found >= 0 else end
    return end


def _tail(data: bytes) -> int:
    """Where the last word begins."""
    limit = max(0, len(data) - _LONGEST_PART)
    start = _last_blank(data, limit, len(data))
    while start > limit and _is_indent(data, start - 1):
        # Before the line break stands the word that this line goes on.
        start = _last_blank(data, limit, len(data[:start].rstrip(_INDENT)))
    return start


def _last_blank(data: bytes, start: int, end: int) -> int:
    return max(start, data.rfind(b" ", start, end) + 1, data.rfind(b"\t", start, end) + 1)


def _is_indent(data: bytes, blank: int) -> bool:
    """Whether a blank belongs to the marks at the beginning of a line."""
    before = data[max(0, blank - 8) : blank].rstrip(_INDENT)
    return before.endswith((b"\n", b"\\n"))


def _is_worthwhile(chain: list[_Part]) -> bool:
    return len(chain) > 1 and SHORTEST <= sum([len(part[1]) for part in chain]) <= _LONGEST

"""
Where one string may go on in the next.

What was encoded first and cut into strings afterwards can only be decoded when it is put together again. So
the unbroken word at the end of each string is joined with the one at the beginning of the next.
"""

from collections.abc import Iterator, Mapping, Sequence

from tenant_daemon.redaction.rows import GAP, SEPARATOR, WALL, Row
from tenant_daemon.redaction.tokens import SHORTEST

_LONGEST = 65_536
_LONGEST_PART = 4_096
"""Of a string that is one word as a whole, like compact JSON; more of it does not belong to the seam."""

_INDENT = b" \t>|+"
_BEFORE_INDENT = frozenset(b"\nn" + _INDENT)
_Part = tuple[int, int, int]
"""Leaf index, and where the part begins and ends in the leaf."""
_Edges = tuple[int, int, int]
"""Where the first word of a leaf ends, where its last one begins, and where the leaf ends."""


def seam_row(encoded: Sequence[bytes], *orders: Sequence[int]) -> Row:
    """Every word that runs over the ends of the leaves, in any of their orders; separated from each other."""
    indexes: list[int] = []
    pieces: list[bytes] = []
    offsets: list[int] = []
    edges: dict[int, _Edges] = {}
    for order in orders:
        for index in order:
            if index != GAP and index not in edges and (data := encoded[index]):
                edges[index] = (_head(data), _tail(data), len(data))
        for chain in _chains(order, edges):
            for index, start, end in chain:
                indexes.append(index)
                pieces.append(encoded[index][start:end])
                offsets.append(start)
            indexes.append(GAP)
            pieces.append(SEPARATOR)
            offsets.append(0)
    return Row(indexes, pieces, offsets, b"")


def edge_row(encoded: Sequence[bytes], order: Sequence[int], edge: int, joint: bytes = b"") -> Row:
    """
    The ends of each leaf next to the beginnings of the next one, ``edge`` bytes of each, blanks and all.

    With nothing in between, for what has blanks in it and was cut somewhere: hex in pairs, dumps, escapes.
    """
    indexes: list[int] = []
    pieces: list[bytes] = []
    offsets: list[int] = []
    for index in order:
        data = encoded[index] if index != GAP else WALL
        if len(data) <= 2 * edge:
            indexes.append(index)
            pieces.append(data)
            offsets.append(0)
        else:
            indexes += (index, GAP, index)
            pieces += (data[:edge], WALL, data[-edge:])
            offsets += (0, 0, len(data) - edge)
    return Row(indexes, pieces, offsets, joint)


def _chains(order: Sequence[int], edges: Mapping[int, _Edges]) -> Iterator[list[_Part]]:
    chain: list[_Part] = []
    size = 0
    for index in order:
        if index not in edges:
            if index != GAP:
                continue
            head = tail = end = 0
        else:
            head, tail, end = edges[index]
        if chain and head:
            chain.append((index, 0, head))
            size += head
            if head == end:
                continue
        if SHORTEST <= size <= _LONGEST and len(chain) > 1:
            yield chain
        chain = [(index, tail, end)] if tail < end else []
        size = end - tail
    if SHORTEST <= size <= _LONGEST and len(chain) > 1:
        yield chain


def _head(data: bytes) -> int:
    """Where the first word ends. The indentation of a wrapped line does not end it."""
    limit = min(len(data), _LONGEST_PART)
    end = _first_blank(data, 0, limit)
    while end < limit and data[end - 1] in _BEFORE_INDENT and _is_indent(data, end):
        end = _first_blank(data, len(data) - len(data[end:].lstrip(_INDENT)), limit)
    return end


def _first_blank(data: bytes, start: int, end: int) -> int:
    space = data.find(b" ", start, end)
    if space >= 0:
        end = space
    tab = data.find(b"\t", start, end)
    return tab if tab >= 0 else end


def _tail(data: bytes) -> int:
    """Where the last word begins."""
    limit = max(0, len(data) - _LONGEST_PART)
    start = _last_blank(data, limit, len(data))
    while start > limit and data[start - 2] in _BEFORE_INDENT and _is_indent(data, start - 1):
        # Before the line break stands the word that this line goes on.
        start = _last_blank(data, limit, len(data[:start].rstrip(_INDENT)))
    return start


def _last_blank(data: bytes, start: int, end: int) -> int:
    start = max(start, data.rfind(b" ", start, end) + 1)
    return max(start, data.rfind(b"\t", start, end) + 1)


def _is_indent(data: bytes, blank: int) -> bool:
    """Whether a blank belongs to the marks at the beginning of a line."""
    before = data[max(0, blank - 8) : blank].rstrip(_INDENT)
    return before.endswith((b"\n", b"\\n"))

"""In which orders the strings of a value are neighbours of each other."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from tenant_daemon.redaction.leaves import LeafKind, Leaves
from tenant_daemon.redaction.rows import GAP

_TEXT = LeafKind.TEXT
_LONGEST_CHAIN = 65_536
"""Bytes of strings without a blank that may be one word, cut to pieces."""


class Orders:
    """
    Leaves by their indexes: the texts, what is none, and the texts of each field name together.

    In ``[{"text": A, "lang": "en"}, {"text": B, "lang": "en"}]`` A and B are neighbours to a reader.
    """

    def __init__(self, texts: Sequence[int], others: Sequence[int], groups: Sequence[Sequence[int]]) -> None:
        self.texts = texts
        self.others = others
        self._groups = groups

    @property
    def by_key(self) -> list[int]:
        """The texts of each group of several, and a gap behind it; empty when that changes nothing."""
        if len(self._groups) < 2:
            return []
        return [index for group in self._groups if len(group) > 1 for index in (*group, GAP)]

    def near(self, encoded: Sequence[bytes], start: int, end: int, reach: int) -> "Orders":
        """What stands in ``[start, end)``, and around it whatever ``reach`` bytes may run over to."""

        def around(order: Sequence[int]) -> Sequence[int]:
            first, last = bisect_left(order, start), bisect_left(order, end)
            before = _reached((order[at] for at in range(first - 1, -1, -1)), encoded, reach)
            behind = _reached((order[at] for at in range(last, len(order))), encoded, reach)
            if first == last and not (before and behind):
                return ()
            return order[first - before : last + behind]

        return Orders(around(self.texts), around(self.others), list(map(around, self._groups)))


def orders_of(leaves: Leaves) -> Orders:
    """All leaves of a value."""
    texts: list[int] = []
    others: list[int] = []
    for index, kind in enumerate(leaves.kinds):
        (texts if kind is _TEXT else others).append(index)
    groups: dict[tuple[str, int], list[int]] = {}
    columns = leaves.columns
    for index in texts:
        groups.setdefault((leaves.keys[index], columns.get(index, 0)), []).append(index)
    return Orders(texts, others, list(groups.values()))


def _reached(order: Iterator[int], encoded: Sequence[bytes], reach: int) -> int:
    """How many of the leaves in this order have to be looked at."""
    size = count = 0
    for index in order:
        data = encoded[index]
        count += 1
        size += len(data)
        if size >= _LONGEST_CHAIN or (size >= reach and b" " in data):
            break
    return count

"""
What is found in a JSON value: in each of its strings, and in what runs over several of them.

A chat sends all its earlier messages again with each turn. What was found in a message is remembered
(``verdicts.py``), and so is which messages stood side by side (``turns.py``).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from tenant_daemon.redaction.alike import alike_row
from tenant_daemon.redaction.detectors.json_keys import find_by_names
from tenant_daemon.redaction.detectors.known import KnownDetector
from tenant_daemon.redaction.detectors.patterns import PatternDetector
from tenant_daemon.redaction.findings import Finding, covered
from tenant_daemon.redaction.leaves import LeafKind, Leaves
from tenant_daemon.redaction.orders import Orders, orders_of
from tenant_daemon.redaction.rows import GAP, SEPARATOR, WALL, Row
from tenant_daemon.redaction.seams import edge_row, seam_row
from tenant_daemon.redaction.signs import Sign, has_any
from tenant_daemon.redaction.turns import Turns
from tenant_daemon.redaction.verdicts import Verdicts
from tenant_daemon.redaction.views.expand import find_in_lines, find_in_records, find_in_views
from tenant_daemon.redaction.views.view import View, original

_Found = dict[int, list[Finding]]
_Unit = tuple[int, int, bytes]
"""The first leaf of a unit, the one behind its last, and its digest."""
_Spread = Callable[[Iterable[tuple[int, Finding]]], Iterator[tuple[int, Finding]]]

_SMALL = 512
"""Bytes of a value about which it is remembered that nothing was found."""
_EDGE = 300
"""Bytes at either end of a text that may go on in its neighbour."""
_SHORT = 200
"""Pieces of something that was spread over records are hardly longer."""
_SEEN_OR_HEARD = ("data:image/", "data:audio/", "data:video/", "data:font/")
_LONGEST_NAME = 20
"""Field names and ids up to this length are what they seem."""
_LONGEST_NAME_BESIDE_SHORT = 7
"""The same where a secret is short enough to be in a short name."""
_LONGEST_READ = 65_536
_RECORDS = (b"{", b"[")
_SHORTEST_TOLD = 16
"""Field names from this length on may be secrets that nobody told us about."""
_CUT_ANYWHERE = frozenset(
    {
        *(Sign.DUMP, Sign.SPACED_HEX, Sign.ESCAPE, Sign.PRINTABLE, Sign.NARROW, Sign.WRAPPED),
        *(Sign.BYTES, Sign.MARKED, Sign.TURNED_WORD, Sign.TURNED_ESCAPE, Sign.BROKEN, Sign.SPACED),
    }
)
"""Signs of data that a cut between two strings may have gone through."""
_REACH, _MOST_SPREAD = 4_096, 8
"""Bytes of earlier messages that a secret may run over; for the longest of them this many times its form."""


class PayloadSearch:
    """
    Searches JSON values. Safe to use from several threads; remembers for one state of the vault.

    Args:
        known: Searches what runs over strings.
        patterns: Searches field names that are long enough to be tokens.
        find: Searches the strings themselves, side by side, for everything.
    """

    def __init__(
        self, known: KnownDetector, patterns: PatternDetector, find: Callable[[View], list[Finding]]
    ) -> None:
        self._known = known
        self._patterns = patterns
        self._find_in = find
        self._verdicts = Verdicts()
        self._turns = Turns()
        self._reach = max(_REACH, _MOST_SPREAD * known.longest_form)

    def find(self, leaves: Leaves) -> _Found:
        """The findings of each leaf in which something was found, by the leaf's index; not settled."""
        # The same few names and ids come with every piece of a streamed answer.
        size = leaves.size
        digest = self._verdicts.whole_digest(leaves) if size <= _SMALL else b""
        if digest and self._verdicts.recall([digest]) != [None]:
            return {}
        found = self._find(leaves, is_long=size > self._reach)
        if digest and not found:
            self._verdicts.remember([(digest, ())])
        return found

    def _find(self, leaves: Leaves, *, is_long: bool) -> _Found:
        """A value that is not long lies within reach as a whole, and would push chats out of the memory."""
        found: _Found = {}
        orders = orders_of(leaves)
        bounds = list(leaves.unit_bounds())
        digests = [self._verdicts.digest(leaves, start, end) for start, end in bounds]
        new: list[_Unit] = []
        verdicts = self._verdicts.recall(digests)
        for (start, end), digest, verdict in zip(bounds, digests, verdicts, strict=True):
            if verdict is None:
                new.append((start, end, digest))
            elif verdict:
                _take(((start + number, finding) for number, finding in verdict), found)
        read = _texts_of(new, orders.texts)
        are_remembered = self._find_in_units(leaves, new, read, found)
        if is_long:
            orders = self._not_searched(leaves, orders, bounds, digests)
        running_over = self._find_running_over(leaves, orders)
        if not set(orders.texts).issubset(read):
            row = edge_row(leaves.encoded, orders.texts, self._reach, SEPARATOR)
            records = _records_row(leaves.encoded, orders)
            running_over = chain(
                row.per_leaf(self._known.find(row.data)),
                records.per_leaf(find_in_records(original(records.data), self._known)),
                running_over,
            )
        if _take(running_over, found) and are_remembered and is_long:
            self._turns.remember(digests)
        _take(find_by_names(leaves), found)
        return found

    def _find_in_units(
        self, leaves: Leaves, units: Sequence[_Unit], texts: Sequence[int], found: _Found
    ) -> bool:
        """Search the texts of units that are not remembered; returns whether all of these are now."""
        if not units:
            return True
        row = Row(texts, [WALL if index == GAP else leaves.encoded[index] for index in texts])
        view = original(row.data)
        inside = list(row.per_leaf(self._find_in(view)))
        _take(inside, found)
        # A dump is read over the ends of its lines, so each half of one depends on the other.
        return Sign.DUMP not in view.signs and self._remember(units, inside)

    def _not_searched(
        self,
        leaves: Leaves,
        orders: Orders,
        bounds: Sequence[tuple[int, int]],
        digests: Sequence[bytes],
    ) -> Orders:
        """Those leaves that did not stand side by side in an earlier request, and what is around them."""
        first, last = self._turns.shared(digests)
        if not first and not last:
            return orders
        edges = [*(start for start, _ in bounds), len(leaves.texts)]
        return orders.near(leaves.encoded, edges[first], edges[len(bounds) - last], self._reach)

    def _find_running_over(self, leaves: Leaves, orders: Orders) -> Iterator[tuple[int, Finding]]:
        """What runs over the ends of strings, in any of their orders; and what stands in names and ids."""
        encoded, kinds = leaves.encoded, leaves.kinds
        texts, others, by_key = orders.texts, orders.others, orders.by_key
        # What lies within a text was found already; here it is about what runs over.
        grouped = edge_row(encoded, by_key, max(_EDGE, self._known.longest_form // 2), SEPARATOR)
        for row in (Row(others, [encoded[index] for index in others]), grouped):
            yield from row.per_leaf(self._known.find(row.data))
        names = [i for i in others if kinds[i] is LeafKind.KEY and len(encoded[i]) >= _SHORTEST_TOLD]
        if names:
            row, wherever = _each_once(names, encoded)
            # What stands beside a secret of the vault stands beside its placeholder afterwards.
            shown = covered(row.data, self._known.find(row.data))
            yield from wherever(row.per_leaf(self._patterns.find(shown)))
        longest_name = _LONGEST_NAME_BESIDE_SHORT if self._known.has_short else _LONGEST_NAME
        hiding = [
            i for i in others if longest_name < len(encoded[i]) <= _LONGEST_READ and _may_hide(leaves, i)
        ]
        if hiding:
            row, wherever = _each_once(hiding, encoded)
            patterns = self._patterns if names else None
            view = original(row.data)
            view.is_short = False  # Nobody reads out an id.
            yield from wherever(row.per_leaf(find_in_views(view, self._known, patterns)))
        seams = seam_row(encoded, texts, by_key)
        if seams.data:
            yield from seams.per_leaf(self._known.find(seams.data))
            yield from seams.per_leaf(find_in_views(_read_before(seams), self._known, None))
        pieces = alike_row(encoded, by_key or texts)
        if pieces.data:
            yield from pieces.per_leaf(self._known.find(pieces.data))
            yield from pieces.per_leaf(find_in_views(_read_before(pieces), self._known, None))
        for order in (texts, [index for index in by_key if index == GAP or len(encoded[index]) <= _SHORT]):
            if len(order) < 2:
                continue
            glued = edge_row(encoded, order, _EDGE)
            if has_any(glued.data, _CUT_ANYWHERE):
                yield from glued.per_leaf(find_in_views(_read_before(glued), self._known, None))
            if len(glued.data) <= _REACH:
                yield from glued.per_leaf(list(find_in_lines(original(glued.data), self._known)))

    def _remember(self, units: Sequence[_Unit], found: Sequence[tuple[int, Finding]]) -> bool:
        """Remember what was found in units; returns whether that holds for each of them by itself."""
        starts = [start for start, _, _ in units]
        inside: dict[int, list[tuple[int, Finding]]] = {}
        shared: set[int] = set()
        last = -1
        for index, finding in found:
            unit = bisect_right(starts, index) - 1
            inside.setdefault(unit, []).append((index - starts[unit], finding))
            if not finding.placeholder and unit != last:
                # The rest of a secret that began in the unit before: neither's verdict holds by itself.
                shared.update((last, unit))
            last = unit
        self._verdicts.remember(
            (digest, tuple(inside.get(unit, ())))
            for unit, (_, _, digest) in enumerate(units)
            if unit not in shared
        )
        return not shared


def _take(findings: Iterable[tuple[int, Finding]], found: _Found) -> bool:
    """Add findings to those found; returns whether these had seen all of them already."""
    is_nothing_new = True
    for index, finding in findings:
        inside = found.setdefault(index, [])
        is_nothing_new = is_nothing_new and any(_covers(earlier, finding) for earlier in inside)
        inside.append(finding)
    return is_nothing_new


def _covers(earlier: Finding, later: Finding) -> bool:
    is_within = earlier.start <= later.start and later.end <= earlier.end
    return is_within and earlier.layer <= later.layer


def _each_once(indexes: Sequence[int], encoded: Sequence[bytes]) -> tuple[Row, _Spread]:
    """A row of these leaves without repeats, and what spreads its findings over those."""
    places: dict[bytes, list[int]] = {}
    for index in indexes:
        places.setdefault(encoded[index], []).append(index)

    def wherever(findings: Iterable[tuple[int, Finding]]) -> Iterator[tuple[int, Finding]]:
        for first, finding in findings:
            yield from ((index, finding) for index in places[encoded[first]])

    return Row([same[0] for same in places.values()], list(places)), wherever


def _read_before(row: Row) -> View:
    """A row of texts that were read already: only words that run over their ends are new."""
    view = original(row.data)
    view.is_short = view.may_have_records = False
    view.fresh_tokens = row.running_over(view.tokens)
    return view


def _records_row(encoded: Sequence[bytes], orders: Orders) -> Row:
    """The short texts that may be records, as the arguments of calls are, field by field."""
    order = [index for index in orders.by_key or orders.texts if index != GAP]
    records = [index for index in order if len(encoded[index]) <= _REACH and encoded[index][:1] in _RECORDS]
    return Row(records, [encoded[index] for index in records])


def _texts_of(units: Sequence[_Unit], texts: Sequence[int]) -> list[int]:
    """Those of the texts that stand in these units; a gap where two of the units are no neighbours."""
    chosen: list[int] = []
    behind = 0
    for start, end, _ in units:
        if chosen and start != behind:
            chosen.append(GAP)
        behind = end
        chosen += texts[bisect_left(texts, start) : bisect_left(texts, end)]
    return chosen


def _may_hide(leaves: Leaves, index: int) -> bool:
    """Whether a field name, an id or a sealed field may hold something encoded; pictures and sound do not."""
    return leaves.kinds[index] is not LeafKind.OPAQUE or not leaves.texts[index].startswith(_SEEN_OR_HEARD)

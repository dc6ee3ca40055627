"""
The redactor: four layers over a text, a JSON value or a stream.

Immutable and safe to share between threads; a vault that changes gets a new one (``live.py``).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from tenant_daemon.redaction.detectors.entropy import EntropyDetector
from tenant_daemon.redaction.detectors.form_index import EngineMaker
from tenant_daemon.redaction.detectors.json_keys import find_by_names
from tenant_daemon.redaction.detectors.known import KnownDetector, KnownSecret
from tenant_daemon.redaction.detectors.patterns import pattern_detector
from tenant_daemon.redaction.engines import best_engine
from tenant_daemon.redaction.exact import without_neighbours
from tenant_daemon.redaction.findings import Finding, Redaction, replaced, settle
from tenant_daemon.redaction.leaves import LeafKind, Leaves, rebuilt
from tenant_daemon.redaction.rows import SEPARATOR, Row
from tenant_daemon.redaction.seams import edge_row, seam_row
from tenant_daemon.redaction.signs import Sign, has_any
from tenant_daemon.redaction.verdicts import Verdicts
from tenant_daemon.redaction.views.expand import find_in_views
from tenant_daemon.redaction.views.view import View, original

if TYPE_CHECKING:
    from tenant_daemon.redaction.stream import StreamRedactor


_Unit = tuple[int, int, bytes]
"""The first leaf of a unit, the one behind its last, and its digest."""


_Spread = Callable[[Iterable[tuple[int, Finding]]], Iterator[tuple[int, Finding]]]

_SMALL = 512
"""Bytes of a value about which it is remembered that nothing was found."""
_EDGE = 300
"""Bytes at either end of a text that may go on in its neighbour."""
_SHORT = 200
"""Pieces of something that was spread over records are hardly longer."""
_TEXT, _OPAQUE = LeafKind.TEXT, LeafKind.OPAQUE
_SEEN_OR_HEARD = ("data:image/", "data:audio/", "data:video/", "data:font/")
_LONGEST_NAME = 20
"""Field names and ids up to this length are what they seem."""
_LONGEST_NAME_BESIDE_SHORT = 7
"""The same where a secret is short enough to be in a short name."""
_LONGEST_READ = 65_536
_SHORTEST_TOLD = 16
"""Field names from this length on may be secrets that nobody told us about."""
_CUT_ANYWHERE = frozenset(
    {
        *(Sign.DUMP, Sign.SPACED_HEX, Sign.ESCAPE, Sign.PRINTABLE, Sign.NARROW, Sign.WRAPPED),
        *(Sign.BYTES, Sign.MARKED, Sign.TURNED_WORD, Sign.TURNED_ESCAPE, Sign.BROKEN, Sign.SPACED),
    }
)
"""Signs of data that a cut between two strings may have gone through."""


class Redactor:
    """Replaces secrets by placeholders; the same secret always gets the same one."""

    def __init__(
        self,
        secrets: Iterable[KnownSecret],
        *,
        previous: "Redactor | None" = None,
        engine: EngineMaker = best_engine,
    ) -> None:
        """
        Args:
            secrets: The whole vault.
            previous: The redactor of an earlier state of the vault, so that less has to be built.
            engine: What searches for the forms of the secrets.
        """
        self.known: KnownDetector = KnownDetector(
            secrets, engine, previous=previous.known if previous else None
        )
        self._patterns = pattern_detector()
        self._entropy = EntropyDetector()
        self._verdicts = Verdicts()

    def redact(self, text: str) -> str:
        """``text`` with every secret replaced and nothing else changed."""
        return self.report(text).text

    def report(self, text: str) -> Redaction:
        """The redacted text together with what was found, without the values."""
        data = _encoded(text)
        findings = _settled(self._find(data), data)
        return Redaction(_replaced(data, findings) if findings else text, tuple(findings))

    def redact_payload(self, value: object) -> object:
        """
        A JSON value with every secret in it replaced, whichever string it stands in or runs over.

        Field names, protocol ids and media are searched for known secrets only. The value itself is not
        changed; when nothing is found, it is returned as it is.
        """
        leaves = Leaves(value)
        # The same few names and ids come with every piece of a streamed answer.
        digest = self._verdicts.whole_digest(leaves) if leaves.size <= _SMALL else b""
        if digest and self._verdicts.recall([digest]) != [None]:
            return value
        found = self._find_in_leaves(leaves)
        if not found:
            if digest:
                self._verdicts.remember([(digest, ())])
            return value
        texts = leaves.texts
        for index, findings in found.items():
            data = leaves.encoded[index]
            texts[index] = _replaced(data, _settled(findings, data))
        return rebuilt(value, iter(texts))

    def stream(self) -> "StreamRedactor":
        """A redactor for a text that comes in pieces."""
        from tenant_daemon.redaction.stream import StreamRedactor

        return StreamRedactor(self)

    def find(self, data: bytes) -> list[Finding]:
        """Settled findings in UTF-8 bytes."""
        return _settled(self._find(data), data)

    def _find(self, data: bytes) -> list[Finding]:
        return self._find_in(original(data)) if data else []

    def _find_in(self, view: View) -> list[Finding]:
        findings = self.known.find(view.data)
        view.leave_out(findings)
        findings.extend(self._patterns.find(view.data, findings))
        findings.extend(self._entropy.find(view.data, view.tokens))
        findings.extend(find_in_views(view, self.known, self._patterns))
        return findings

    def _find_in_leaves(self, leaves: Leaves) -> dict[int, list[Finding]]:
        found: dict[int, list[Finding]] = {}

        def take(findings: Iterable[tuple[int, Finding]]) -> None:
            for index, finding in findings:
                found.setdefault(index, []).append(finding)

        encoded, kinds = leaves.encoded, leaves.kinds
        texts = [index for index, kind in enumerate(kinds) if kind is _TEXT]
        others = [index for index, kind in enumerate(kinds) if kind is not _TEXT]
        by_key = _grouped_by_key(texts, leaves)
        take(self._find_in_units(leaves, texts))
        # What lies within a text was found already; here it is about what runs over.
        grouped = edge_row(encoded, by_key, max(_EDGE, self.known.longest_form // 2), SEPARATOR)
        for row in (Row(others, [encoded[index] for index in others]), grouped):
            take(row.per_leaf(self.known.find(row.data)))
        names = [i for i in others if kinds[i] is LeafKind.KEY and len(encoded[i]) >= _SHORTEST_TOLD]
        if names:
            row, wherever = _each_once(names, encoded)
            take(wherever(row.per_leaf(self._patterns.find(row.data))))
        longest_name = _LONGEST_NAME_BESIDE_SHORT if self.known.has_short else _LONGEST_NAME
        hiding = [
            i for i in others if longest_name < len(encoded[i]) <= _LONGEST_READ and _may_hide(leaves, i)
        ]
        if hiding:
            row, wherever = _each_once(hiding, encoded)
            patterns = self._patterns if names else None
            take(wherever(row.per_leaf(find_in_views(original(row.data), self.known, patterns))))
        seams = seam_row(encoded, texts, by_key)
        if seams.data:
            take(seams.per_leaf(self.known.find(seams.data)))
            take(seams.per_leaf(find_in_views(_read_before(seams), self.known, None)))
        for order in (texts, [index for index in by_key if len(encoded[index]) <= _SHORT]):
            if len(order) < 2:
                continue
            glued = edge_row(encoded, order, _EDGE)
            if has_any(glued.data, _CUT_ANYWHERE):
                take(glued.per_leaf(find_in_views(_read_before(glued), self.known, None)))
        take(find_by_names(leaves))
        return found

    def _find_in_units(self, leaves: Leaves, texts: Sequence[int]) -> Iterator[tuple[int, Finding]]:
        """What is found in the texts; units that were seen before are only searched for what runs over."""
        new: list[_Unit] = []
        bounds = list(leaves.unit_bounds())
        digests = [self._verdicts.digest(leaves, start, end) for start, end in bounds]
        for (start, end), digest, verdict in zip(
            bounds, digests, self._verdicts.recall(digests), strict=True
        ):
            if verdict is None:
                new.append((start, end, digest))
            elif verdict:
                yield from ((start + number, finding) for number, finding in verdict)
        chosen = _texts_of(new, texts)
        row = Row(chosen, [leaves.encoded[index] for index in chosen])
        view = original(row.data)
        found = list(row.per_leaf(self._find_in(view)))
        yield from found
        # A dump is read over the ends of its lines, so each half of one depends on the other.
        if Sign.DUMP not in view.signs:
            self._remember(new, found)
        if len(chosen) < len(texts):
            whole = Row(texts, [leaves.encoded[index] for index in texts])
            yield from whole.per_leaf(self.known.find(whole.data))

    def _remember(self, units: Sequence[_Unit], found: Sequence[tuple[int, Finding]]) -> None:
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
    view.fresh_tokens = row.running_over(view.tokens)
    return view


def _texts_of(units: Sequence[_Unit], texts: Sequence[int]) -> list[int]:
    """Those of the texts that stand in these units."""
    chosen: list[int] = []
    for start, end, _ in units:
        chosen += texts[bisect_left(texts, start) : bisect_left(texts, end)]
    return chosen


def _may_hide(leaves: Leaves, index: int) -> bool:
    """Whether a field name, an id or a sealed field may hold something encoded; pictures and sound do not."""
    return leaves.kinds[index] is not _OPAQUE or not leaves.texts[index].startswith(_SEEN_OR_HEARD)


def _grouped_by_key(texts: Sequence[int], leaves: Leaves) -> list[int]:
    """
    The texts in another order, those of the same field name together; empty when that changes nothing.

    In ``[{"text": A, "lang": "en"}, {"text": B, "lang": "en"}]`` A and B are neighbours to a reader.
    """
    order: dict[tuple[str, int], list[int]] = {}
    columns = leaves.columns
    for index in texts:
        order.setdefault((leaves.keys[index], columns.get(index, 0)), []).append(index)
    return [index for group in order.values() for index in group] if len(order) > 1 else []


def _settled(findings: Iterable[Finding], data: bytes) -> list[Finding]:
    return settle(without_neighbours(findings, data))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _replaced(data: bytes, findings: Sequence[Finding]) -> str:
    return replaced(data, findings).decode("utf-8", "surrogatepass")

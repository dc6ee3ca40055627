"""
The redactor: four layers over a text, a JSON value or a stream.

Immutable and safe to share between threads; a vault that changes gets a new one (``live.py``).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from tenant_daemon.redaction.detectors.entropy import EntropyDetector
from tenant_daemon.redaction.detectors.json_keys import find_in_leaf
from tenant_daemon.redaction.detectors.known import KnownDetector, KnownSecret
from tenant_daemon.redaction.detectors.patterns import pattern_detector
from tenant_daemon.redaction.findings import Finding, Redaction, settle
from tenant_daemon.redaction.leaves import Leaf, LeafKind, Row, leaves_of, rebuilt
from tenant_daemon.redaction.views.expand import find_in_views

if TYPE_CHECKING:
    from tenant_daemon.redaction.stream import StreamRedactor


class Redactor:
    """Replaces secrets by placeholders; the same secret always gets the same one."""

    def __init__(self, secrets: Iterable[KnownSecret]) -> None:
        self.known = KnownDetector(secrets)
        self._patterns = pattern_detector()
        self._entropy = EntropyDetector()

    def redact(self, text: str) -> str:
        """``text`` with every secret replaced and nothing else changed."""
        return self.report(text).text

    def report(self, text: str) -> Redaction:
        """The redacted text together with what was found, without the values."""
        data = _encoded(text)
        findings = settle(self._find(data))
        return Redaction(_replaced(data, findings) if findings else text, tuple(findings))

    def redact_payload(self, value: object) -> object:
        """
        A JSON value with every secret in it replaced, whichever string it stands in or runs over.

        Field names, protocol ids and media are searched for known secrets only. The value itself is not
        changed; when nothing is found, it is returned as it is.
        """
        leaves = list(leaves_of(value))
        found = self._find_in_leaves(leaves)
        if not found:
            return value
        texts = [leaf.text for leaf in leaves]
        for index, findings in found.items():
            texts[index] = _replaced(_encoded(texts[index]), settle(findings))
        return rebuilt(value, iter(texts))

    def stream(self) -> "StreamRedactor":
        """A redactor for a text that comes in pieces."""
        from tenant_daemon.redaction.stream import StreamRedactor

        return StreamRedactor(self)

    def find(self, data: bytes) -> list[Finding]:
        """Settled findings in UTF-8 bytes."""
        return settle(self._find(data))

    def _find(self, data: bytes) -> list[Finding]:
        if not data:
            return []
        findings = self.known.find(data)
        findings.extend(self._patterns.find(data))
        findings.extend(self._entropy.find(data))
        findings.extend(find_in_views(data, self.known, self._patterns))
        return findings

    def _find_in_leaves(self, leaves: Sequence[Leaf]) -> dict[int, list[Finding]]:
        raws = [_encoded(leaf.text) for leaf in leaves]
        found: dict[int, list[Finding]] = {}

        def take(row: Row, findings: Sequence[Finding]) -> None:
            for index, finding in row.per_leaf(findings):
                found.setdefault(index, []).append(finding)

        texts = Row([(i, raws[i]) for i, leaf in enumerate(leaves) if leaf.kind is LeafKind.TEXT])
        take(texts, self._find(texts.data))
        others = Row([(i, raws[i]) for i, leaf in enumerate(leaves) if leaf.kind is not LeafKind.TEXT])
        take(others, self.known.find(others.data))
        for row in _rows_by_key(leaves, raws):
            take(row, self.known.find(row.data))
        for index, leaf in enumerate(leaves):
            if finding := find_in_leaf(leaf):
                found.setdefault(index, []).append(finding)
        return found


def _rows_by_key(leaves: Sequence[Leaf], raws: Sequence[bytes]) -> Iterator[Row]:
    """
    The leaves once more, those of the same field name side by side.

    In ``[{"type": "text", "text": A}, {"type": "text", "text": B}]`` A and B are neighbours to a reader.
    """
    order: dict[str, list[tuple[int, bytes]]] = {}
    for index, leaf in enumerate(leaves):
        if leaf.kind is LeafKind.TEXT:
            order.setdefault(leaf.key, []).append((index, raws[index]))
    shared = [item for items in order.values() if len(items) > 1 for item in items]
    if shared and len(order) > 1:
        yield Row(shared)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _replaced(data: bytes, findings: Sequence[Finding]) -> str:
    pieces, position = [], 0
    for finding in findings:
        pieces.append(data[position : finding.start])
        pieces.append(finding.placeholder.encode())
        position = finding.end
    pieces.append(data[position:])
    return b"".join(pieces).decode("utf-8", "surrogatepass")

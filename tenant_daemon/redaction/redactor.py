"""
The redactor: four layers over a text, a JSON value or a stream.

Immutable and safe to share between threads; a vault that changes gets a new one (``live.py``).
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tenant_daemon.redaction.detectors.entropy import EntropyDetector
from tenant_daemon.redaction.detectors.json_keys import find_in_leaf
from tenant_daemon.redaction.detectors.known import KnownDetector, KnownSecret
from tenant_daemon.redaction.detectors.patterns import pattern_detector
from tenant_daemon.redaction.findings import Finding, Redaction, settle
from tenant_daemon.redaction.leaves import Leaf, LeafKind, Piece, Row, leaves_of, rebuilt
from tenant_daemon.redaction.seams import seam_row
from tenant_daemon.redaction.views.expand import find_in_views
from tenant_daemon.redaction.views.view import original

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
        view = original(data)
        findings = self.known.find(data)
        findings.extend(self._patterns.find(data))
        findings.extend(self._entropy.find(data, view.tokens))
        findings.extend(find_in_views(view, self.known, self._patterns))
        return findings

    def _find_in_leaves(self, leaves: Sequence[Leaf]) -> dict[int, list[Finding]]:
        raws = [_encoded(leaf.text) for leaf in leaves]
        found: dict[int, list[Finding]] = {}

        def take(row: Row, findings: Sequence[Finding]) -> None:
            for index, finding in row.per_leaf(findings):
                found.setdefault(index, []).append(finding)

        texts = [Piece(i, raws[i]) for i, leaf in enumerate(leaves) if leaf.kind is LeafKind.TEXT]
        row = Row(texts)
        take(row, self._find(row.data))
        others = Row([Piece(i, raws[i]) for i, leaf in enumerate(leaves) if leaf.kind is not LeafKind.TEXT])
        take(others, self.known.find(others.data))
        by_key = _grouped_by_key(texts, leaves)
        if by_key:
            grouped = Row(by_key)
            take(grouped, self.known.find(grouped.data))
        seams = seam_row(texts, by_key)
        take(seams, self.known.find(seams.data))
        take(seams, find_in_views(original(seams.data), self.known, None))
        for index, leaf in enumerate(leaves):
            if finding := find_in_leaf(leaf):
                found.setdefault(index, []).append(finding)
        return found


def _grouped_by_key(texts: Sequence[Piece], leaves: Sequence[Leaf]) -> list[Piece]:
    """
    The texts in another order, those of the same field name together; empty when that changes nothing.

    In ``[{"text": A, "lang": "en"}, {"text": B, "lang": "en"}]`` A and B are neighbours to a reader.
    """
    order: dict[str, list[Piece]] = {}
    for piece in texts:
        order.setdefault(leaves[piece.index].key, []).append(piece)
    return [piece for group in order.values() for piece in group] if len(order) > 1 else []


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

"""
The redactor: four layers over a text, a JSON value or a stream.

Immutable and safe to share between threads; a vault that changes gets a new one (``live.py``).
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tenant_daemon.redaction.detectors.beside import BesideDetector
from tenant_daemon.redaction.detectors.entropy import EntropyDetector
from tenant_daemon.redaction.detectors.form_index import EngineMaker
from tenant_daemon.redaction.detectors.known import KnownDetector, KnownSecret
from tenant_daemon.redaction.detectors.patterns import pattern_detector
from tenant_daemon.redaction.echoes import find_echoes
from tenant_daemon.redaction.engines import best_engine
from tenant_daemon.redaction.exact import without_neighbours
from tenant_daemon.redaction.findings import Finding, Redaction, replaced, settle
from tenant_daemon.redaction.json_texts import fitted
from tenant_daemon.redaction.leaves import LeafKind, Leaves, rebuilt
from tenant_daemon.redaction.payload import PayloadSearch
from tenant_daemon.redaction.views.expand import find_in_views
from tenant_daemon.redaction.views.view import View, original

if TYPE_CHECKING:
    from tenant_daemon.redaction.stream import StreamRedactor


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
        self._beside = BesideDetector()
        self._payloads = PayloadSearch(self.known, self._patterns, self._find_in)

    def redact(self, text: str) -> str:
        """``text`` with every secret replaced and nothing else changed."""
        return self.report(text).text

    def knows(self, text: str) -> bool:
        """Whether a secret of the vault stands in ``text``, in any form."""
        return bool(self.known.find(_encoded(text)))

    def name_secrets(self, text: str) -> str:
        """``text`` with the vault's secrets replaced, in any form; what only looks like one stays."""
        data = _encoded(text)
        findings = self.known.find(data)
        return _replaced(data, _settled(findings, data)) if findings else text

    def report(self, text: str) -> Redaction:
        """The redacted text together with what was found, without the values."""
        data = _encoded(text)
        findings = self.find(data)
        return Redaction(_replaced(data, findings) if findings else text, tuple(findings))

    def redact_payload(self, value: object) -> object:
        """
        A JSON value with every secret in it replaced, whichever string it stands in or runs over.

        Field names, protocol ids and media are searched for known secrets only. The value itself is not
        changed; when nothing is found, it is returned as it is.
        """
        leaves = Leaves(value)
        found = self._find_in_leaves(leaves)
        if not found:
            return value
        texts, encoded = leaves.texts, leaves.encoded
        settled = {index: _settled(findings, encoded[index]) for index, findings in found.items()}
        said = {index: data for index, data in enumerate(encoded) if leaves.kinds[index] is LeafKind.TEXT}
        for index, findings in _with_echoes(said, settled).items():
            texts[index] = _replaced(encoded[index], findings)
        return rebuilt(value, iter(texts))

    def stream(self) -> "StreamRedactor":
        """A redactor for a text that comes in pieces."""
        from tenant_daemon.redaction.stream import StreamRedactor

        return StreamRedactor(self)

    def find(self, data: bytes) -> list[Finding]:
        """Settled findings in UTF-8 bytes."""
        settled = _settled(self._find(data), data)
        return _with_echoes({0: data}, {0: settled})[0] if settled else settled

    def _find(self, data: bytes) -> list[Finding]:
        return self._find_in(original(data)) if data else []

    def _find_in(self, view: View) -> list[Finding]:
        findings = self.known.find(view.data)
        view.leave_out(findings)
        findings.extend(self._patterns.find(view.data, findings))
        findings.extend(self._entropy.find(view.data, view.tokens))
        findings.extend(self._beside.find(view.data, view.tokens))
        findings.extend(find_in_views(view, self.known, self._patterns))
        return findings

    def _find_in_leaves(self, leaves: Leaves) -> dict[int, list[Finding]]:
        return self._payloads.find(leaves)


def _settled(findings: Iterable[Finding], data: bytes) -> list[Finding]:
    return settle(without_neighbours(findings, data))


def _with_echoes(texts: dict[int, bytes], settled: dict[int, list[Finding]]) -> dict[int, list[Finding]]:
    """Settled findings and, wherever else one of them stands, that as well."""
    again: dict[int, list[Finding]] = {}
    for index, finding in find_echoes(texts, settled):
        again.setdefault(index, []).append(finding)
    for index, findings in again.items():
        settled[index] = settle([*settled.get(index, ()), *findings])
    return settled


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _replaced(data: bytes, findings: Sequence[Finding]) -> str:
    return replaced(data, fitted(findings, data)).decode("utf-8", "surrogatepass")

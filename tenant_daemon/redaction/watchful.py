"""A redactor that says when it has found a planted secret."""

from collections.abc import Callable, Iterable

from tenant_daemon.contracts.references import reference_to
from tenant_daemon.redaction.detectors.known import KnownSecret
from tenant_daemon.redaction.findings import Finding
from tenant_daemon.redaction.leaves import Leaves
from tenant_daemon.redaction.redactor import Redactor


class WatchfulRedactor(Redactor):
    """
    As ``Redactor``.

    Args:
        secrets: The whole vault.
        canaries: Names of the planted ones.
        tell: Called with the names that were found, in the thread that redacts: it must be quick.
        previous: The redactor of an earlier state of the vault.
    """

    def __init__(
        self,
        secrets: Iterable[KnownSecret],
        canaries: Iterable[str],
        tell: Callable[[frozenset[str]], None],
        *,
        previous: Redactor | None = None,
    ) -> None:
        super().__init__(secrets, previous=previous)
        self._canaries = {reference_to(name): name for name in canaries}
        self._tell = tell

    def _find(self, data: bytes) -> list[Finding]:
        findings = super()._find(data)
        self._watch(findings)
        return findings

    def _find_in_leaves(self, leaves: Leaves) -> dict[int, list[Finding]]:
        found = super()._find_in_leaves(leaves)
        for findings in found.values():
            self._watch(findings)
        return found

    def _watch(self, findings: Iterable[Finding]) -> None:
        seen = {self._canaries[one.placeholder] for one in findings if one.placeholder in self._canaries}
        if seen:
            self._tell(frozenset(seen))

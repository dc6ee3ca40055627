"""The redactors of the texts of a streamed answer."""

from typing import TYPE_CHECKING, Final

from tenant_daemon.redaction import Redactor, StreamRedactor
from tenant_daemon.redaction.findings import Finding, settle

if TYPE_CHECKING:
    from tenant_daemon.redaction.detectors.known import KnownDetector

MOST_OPEN: Final = 64
"""Texts of one answer that may go on at the same time."""


class _KnownOnly:
    """
    Finds what the vault knows and nothing else.

    For signed thoughts: one false alarm would break the signature and with it the conversation. The model
    itself has never seen a secret of the vault.
    """

    def __init__(self, known: "KnownDetector") -> None:
        self.known = known

    def find(self, data: bytes) -> list[Finding]:
        return settle(self.known.find(data))


def stream_of(redactor: Redactor, *, is_signed: bool) -> StreamRedactor:
    """For a text that its provider signs, or for any other."""
    if is_signed:
        return StreamRedactor(_KnownOnly(redactor.known))  # type: ignore[arg-type]
    return redactor.stream()

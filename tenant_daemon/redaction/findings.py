"""What a detector found, and how findings of several detectors become one replacement each."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Layer(IntEnum):
    """The four layers, in the order in which they are trusted: a lower one names an overlap."""

    KNOWN = 1
    PATTERN = 2
    ENTROPY = 3
    JSON_KEY = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """A secret at ``[start, end)`` of what was searched, and what stands there afterwards."""

    start: int
    end: int
    layer: Layer
    placeholder: str


@dataclass(frozen=True, slots=True)
class Redaction:
    """A redacted text. ``findings`` are offsets into the original, as UTF-8 bytes; never their content."""

    text: str
    findings: tuple[Finding, ...]


def secret_ref(name: str) -> str:
    """What stands for a secret of the vault; the model may use it in a tool call."""
    return f"SECRET_REF({name})"


def redacted(kind: str) -> str:
    """What stands for a secret that the vault does not know."""
    return f"[REDACTED:{kind}]"


def settle(findings: Iterable[Finding]) -> list[Finding]:
    """
    Findings without overlaps, in text order.

    Where two overlap, the union is replaced: leaving out the part that only one of them saw could leave
    half a secret. The more trusted layer gives the name, then the longer finding.
    """
    settled: list[Finding] = []
    for finding in sorted(findings, key=lambda found: (found.start, found.end)):
        if not settled or finding.start >= settled[-1].end:
            settled.append(finding)
            continue
        last = settled[-1]
        better = min(last, finding, key=lambda found: (found.layer, found.start - found.end))
        settled[-1] = Finding(
            last.start, max(last.end, finding.end), min(last.layer, finding.layer), better.placeholder
        )
    return settled

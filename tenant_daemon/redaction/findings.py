"""What a detector found, and how findings of several detectors become one replacement each."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

_CUT_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*(\\(?:u[0-9A-Fa-f]{0,3})?)$")
_ESCAPE = re.compile(rb"\\(?:u[0-9A-Fa-f]{4}|[\"\\/bfnrt])")
# Names in one case: whoever writes a key in these marks does not hide it.
_PLACEHOLDER = re.compile(rb"(\[REDACTED:|SECRET_REF\()((?:[a-z._-]{1,60}|[A-Z._-]{1,60})\d{0,3})[\])]")


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
    is_exact: bool = False
    """Whether it is a value of the vault, as it is."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """A redacted text. ``findings`` are offsets into the original, as UTF-8 bytes; never their content."""

    text: str
    findings: tuple[Finding, ...]


def redacted(kind: str) -> str:
    """What stands for a secret that the vault does not know."""
    return f"[REDACTED:{kind}]"


def placeholders(data: bytes) -> list[tuple[int, int]]:
    """Where placeholders stand in a text that was redacted before."""
    return [found.span() for found in _PLACEHOLDER.finditer(data)] if _has_placeholder(data) else []


def without_placeholder_names(data: bytes) -> bytes:
    """``data`` at the same length, with nothing in its placeholders that could announce a secret."""
    return _PLACEHOLDER.sub(_nameless, data) if _has_placeholder(data) else data


def covered(data: bytes, findings: Iterable[Finding]) -> bytes:
    """``data`` at the same length, with the end of a placeholder in each place of what was found."""
    shown = bytearray(data)
    for finding in findings:
        shown[finding.start : finding.end] = b")" * (finding.end - finding.start)
    return bytes(shown)


def _has_placeholder(data: bytes) -> bool:
    return b"[REDACTED:" in data or b"SECRET_REF(" in data


def _nameless(placeholder: re.Match[bytes]) -> bytes:
    return placeholder.group(1) + b"x" * len(placeholder.group(2)) + placeholder.group()[-1:]


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


def replaced(data: bytes, findings: Iterable[Finding]) -> bytes:
    """``data`` with settled findings replaced and everything around them as it was."""
    pieces, position = [], 0
    for finding in findings:
        start, end = with_whole_escapes(data, finding)
        pieces.append(data[position : max(position, start)])
        pieces.append(finding.placeholder.encode())
        position = max(position, end)
    pieces.append(data[position:])
    return b"".join(pieces)


def with_whole_escapes(data: bytes, finding: Finding) -> tuple[int, int]:
    """The finding's place, so that no half of an escape is left: JSON with one is broken."""
    start, end = finding.start, finding.end
    if b"\\" in data[max(0, start - 5) : start] and (cut := _cut_escape(data, start)) is not None:
        start = cut
    if b"\\" in data[max(start, end - 5) : end] and (cut := _cut_escape(data, end)) is not None:
        whole = _ESCAPE.match(data, cut)
        # The escape of the quote that ends a string is no part of the secret; half a letter is.
        end = whole.end() if whole and data[cut + 1 : cut + 2] == b"u" else cut
    return start, end


def _cut_escape(data: bytes, place: int) -> int | None:
    """Where an escape begins that ``place`` lies within."""
    low = max(0, place - 64)
    found = _CUT_ESCAPE.search(data[low:place])
    if found is None or not _ESCAPE.match(data, low + found.start(1)):
        return None
    return low + found.start(1)

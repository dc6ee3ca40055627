"""
Nothing but the value is replaced where a secret of the vault stands as it is.

A guess that sees more than the value sees what the value is glued to: the next word of a sentence, the slash
of a path. Such a piece stays when it is plainly no secret; when in doubt all that the guess saw is replaced,
since it may be a longer secret that begins or ends like the value.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tenant_daemon.redaction.findings import Finding, Layer

_MARKS = re.compile(rb"[\W_]*[A-Za-z]?[\W_]*")
_ONE_WORD = re.compile(rb"[\W_]*(?:[A-Za-z]?[a-z]{0,7}|[A-Z]{1,8})[\W_]*")
"""A word in one case: what a machine made hardly ever has that many letters without a digit or a capital."""
_PARAMETERS = re.compile(rb"(?:[&;][a-z_]{1,16}=\w{0,4})+")
"""What follows in a URL, when it is too short for a secret."""


def without_neighbours(findings: Iterable[Finding], data: bytes) -> Iterable[Finding]:
    """The findings, those that overlap a value that stands as it is without what is plainly no secret."""
    findings = list(findings)
    exact = _longest(finding for finding in findings if finding.is_exact)
    return list(_trimmed(findings, exact, data)) if exact else findings


def _longest(exact: Iterable[Finding]) -> list[Finding]:
    """Those that lie within no other one, in text order."""
    kept: list[Finding] = []
    for finding in sorted(exact, key=lambda found: (found.start, -found.end)):
        if not kept or finding.end > kept[-1].end:
            kept.append(finding)
    return kept


def _trimmed(findings: Iterable[Finding], exact: Sequence[Finding], data: bytes) -> Iterator[Finding]:
    yield from exact
    starts = [finding.start for finding in exact]
    ends = [finding.end for finding in exact]
    for finding in findings:
        first, behind = bisect_right(ends, finding.start), bisect_right(starts, finding.end - 1)
        inside = exact[first:behind]
        if not inside:
            yield finding
        elif not finding.is_exact:
            yield from _rests(finding, inside, data)


def _rests(finding: Finding, inside: Sequence[Finding], data: bytes) -> Iterator[Finding]:
    """What of a finding is replaced besides the values in it: nothing, or all that may belong together."""
    plain = _ONE_WORD if finding.layer in (Layer.PATTERN, Layer.ENTROPY) else _MARKS
    start, end = finding.start, finding.end
    for low, high in zip((one.end for one in inside), (one.start for one in inside[1:]), strict=False):
        if low < high and not plain.fullmatch(data, low, high):
            yield finding
            return
    if start < inside[0].start and plain.fullmatch(data, start, inside[0].start):
        start = inside[0].start
    if end > inside[-1].end and (
        plain.fullmatch(data, inside[-1].end, end) or _PARAMETERS.fullmatch(data, inside[-1].end, end)
    ):
        end = inside[-1].end
    if start < inside[0].start or end > inside[-1].end:
        yield replace(finding, start=start, end=end)

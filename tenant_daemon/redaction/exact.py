"""
Nothing but the value is replaced where a secret of the vault stands as it is.

A guess that sees more than the value sees what the value is glued to: the next word of a sentence, the slash
of a path. Such a piece stays when it is plainly no secret; when in doubt all that the guess saw is replaced,
since it may be a longer secret that begins or ends like the value. The same goes for a guess about what
stands around a placeholder: that is where a value stood.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from tenant_daemon.redaction.closer import GUESSES, trimmed_by_closer
from tenant_daemon.redaction.findings import Finding, placeholders

_Span = tuple[int, int]
_SHORTEST = 6
_UPPER_BITS, _GOES_ON = 0xC0, 0x80
"""How bytes of UTF-8 begin, and those that begin no character."""
_MARKS = re.compile(rb"[\W_]*[A-Za-z]?[\W_]*")
_ONE_WORD = re.compile(rb"[\W_]*(?:[A-Za-z]?[a-z]{0,7}|[A-Z]{1,8})[\W_]*")
"""A word in one case: what a machine made hardly ever has that many letters without a digit or a capital."""
_PARAMETERS = re.compile(rb"(?:[&;][a-z_]{1,16}=\w{0,4})+")
"""What follows in a URL, when it is too short for a secret."""


def without_neighbours(findings: Iterable[Finding], data: bytes) -> list[Finding]:
    """The findings, those that overlap a value that stands as it is without what is plainly no secret."""
    findings = trimmed_by_closer([_of_whole_characters(finding, data) for finding in findings], data)
    if findings and (own := placeholders(data)):
        findings = [rest for finding in findings for rest in _beside(finding, own, data)]
    exact = _longest(finding for finding in findings if finding.is_exact)
    return [*exact, *_trimmed(findings, exact, data)] if exact else findings


def _of_whole_characters(finding: Finding, data: bytes) -> Finding:
    """A finding with all bytes of the characters at its ends: half of one would make the text unreadable."""
    start, end = finding.start, finding.end
    while start > 0 and data[start] & _UPPER_BITS == _GOES_ON:
        start -= 1
    while end < len(data) and data[end] & _UPPER_BITS == _GOES_ON:
        end += 1
    return finding if end - start == finding.end - finding.start else replace(finding, start=start, end=end)


def _beside(finding: Finding, own: Sequence[_Span], data: bytes) -> Iterator[Finding]:
    """A finding; of a guess that took a placeholder for a part of a secret only what may be one by itself."""
    inside = [span for span in own if span[0] < finding.end and finding.start < span[1]]
    if not inside or finding.layer not in GUESSES:
        yield finding
        return
    edges = [finding.start, *(edge for span in inside for edge in span), finding.end]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start >= _SHORTEST and not _ONE_WORD.fullmatch(data, start, end):
            yield replace(finding, start=start, end=end)


def _longest(exact: Iterable[Finding]) -> list[Finding]:
    """Those that lie within no other one, in text order."""
    kept: list[Finding] = []
    for finding in sorted(exact, key=lambda found: (found.start, -found.end)):
        if not kept or finding.end > kept[-1].end:
            kept.append(finding)
    return kept


def _trimmed(findings: Iterable[Finding], exact: Sequence[Finding], data: bytes) -> Iterator[Finding]:
    """What is left of the others."""
    starts, ends = [one.start for one in exact], [one.end for one in exact]
    for finding in findings:
        inside = exact[bisect_right(ends, finding.start) : bisect_right(starts, finding.end - 1)]
        if not inside:
            yield finding
        elif not finding.is_exact:
            yield from _rests(finding, inside, data)


def _rests(finding: Finding, inside: Sequence[Finding], data: bytes) -> Iterator[Finding]:
    """What of a finding is replaced besides the values in it: nothing, or all that may belong together."""
    plain = _ONE_WORD if finding.layer in GUESSES else _MARKS
    gaps = ((one.end, other.start) for one, other in pairwise(inside))
    if not all(low >= high or plain.fullmatch(data, low, high) for low, high in gaps):
        yield finding
        return
    start, end = finding.start, finding.end
    first, last = inside[0].start, inside[-1].end
    if start < first and plain.fullmatch(data, start, first):
        start = first
    if end > last and (plain.fullmatch(data, last, end) or _PARAMETERS.fullmatch(data, last, end)):
        end = last
    if start < first or end > last:
        yield replace(finding, start=start, end=end)

"""
Layer 2: secrets that nobody told us about, recognised by how their makers write them.

Reason: most leaked keys are another system's, pasted by a customer or printed by a tool, and vendors publish
what their keys look like. Hyperscan tells in one pass which rules match somewhere; RE2 then gives the
spans of those few. Both run in linear time whatever the text, so no text can stall the proxy.
"""

import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

import hyperscan

from tenant_daemon.redaction.compiled import compiled
from tenant_daemon.redaction.detectors.announced import AnnouncedDetector
from tenant_daemon.redaction.detectors.columns import ColumnDetector
from tenant_daemon.redaction.detectors.near import NearRules
from tenant_daemon.redaction.engines import EndFinder
from tenant_daemon.redaction.findings import (
    Finding,
    Layer,
    redacted,
    settle,
    without_placeholder_names,
)
from tenant_daemon.redaction.ruleset import Rule, load_rules, try_examples

if TYPE_CHECKING:
    import re2

_BREAKS = ((b"\\n", b" \n"), (b"\\r", b" \r"), (b"\\t", b" \t"), (b'\\"', b' "'))
_LONG_BREAKS = 2_048
"""Bytes from which on replacing all of them at once pays."""
_FLAGS = hyperscan.HS_FLAG_DOTALL | hyperscan.HS_FLAG_ALLOWEMPTY
_LONG = 4_096
"""Bytes from which on looking for the ends of matches first pays."""
_LONGEST_CHARACTER = 4
_MOST_ENDS = 256
"""With more of them, RE2 by itself is as quick."""


class PatternDetector:
    """Finds what the rules describe. Immutable, safe to use from several threads."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._rules = tuple(rule for rule in rules if not rule.is_near)
        self._lock = threading.Lock()
        self._announced = AnnouncedDetector()
        self._near = NearRules(tuple(rule for rule in rules if rule.is_near))
        self._columns = ColumnDetector()
        self._ends: dict[int, EndFinder] = {}
        self._database = compiled(
            "rules",
            [rule.probe for rule in self._rules],
            _FLAGS | hyperscan.HS_FLAG_SINGLEMATCH,
            basis=repr(rules).encode(),
            before=lambda: try_examples(rules),
        )

    def find(self, data: bytes, known: Sequence[Finding] = ()) -> list[Finding]:
        """Where the rules match in ``data`` (UTF-8), but for what lies within something known."""
        findings: list[Finding] = []
        data = without_placeholder_names(_with_breaks(data))
        inside = _Inside(known)
        for index, first_end in self._candidates(data):
            rule = self._rules[index]
            placeholder = redacted(rule.kind)
            for start, end in rule.checked(data, self._matches(index, data, first_end), inside):
                findings.append(Finding(start, end, Layer.PATTERN, placeholder))
        ends, others = self._announced.ends(data)
        findings.extend(self._announced.find(data, ends))
        findings.extend(self._near.find(data, sorted(ends + others), inside))
        findings.extend(self._columns.find(data))
        return findings

    def _matches(self, index: int, data: bytes, first_end: int) -> "Iterator[re2._Match]":
        """
        What ``finditer`` gives for a rule.

        RE2 needs a while to pass over a long text in which only a few places can be a match; hyperscan is
        ten times as fast and says where all of them end.
        """
        rule = self._rules[index]
        start = max(0, first_end - rule.reach)
        if (rule.is_probe or rule.ahead) and len(data) - start >= _LONG:
            if index not in self._ends:
                self._ends[index] = EndFinder(f"{rule.id}.rule", rule.ends, _FLAGS)
            if (ends := self._ends[index].find(data, _MOST_ENDS)) is not None:
                return _matches_before(rule, data, ends, start)
        matches: Iterator[re2._Match] = rule.pattern.finditer(data, start)
        return matches

    def _candidates(self, data: bytes) -> list[tuple[int, int]]:
        hits: list[tuple[int, int]] = []
        if not data:
            return hits

        def record(index: int, _start: int, end: int, _flags: int, _context: object) -> None:
            hits.append((index, end))

        with self._lock:
            self._database.scan(data, match_event_handler=record)
        return hits


def _with_breaks(data: bytes) -> bytes:
    """``data`` at the same length, with the line breaks of a JSON text as such: a rule may ask for one."""
    if b"\\" not in data:
        return data
    if len(data) >= _LONG_BREAKS:
        # Short texts, and what starts often, do without it.
        from tenant_daemon.redaction.bulk import with_pairs

        return with_pairs(data, _BREAKS)
    for written, meant in _BREAKS:
        data = data.replace(written, meant)
    return data


def _matches_before(rule: Rule, data: bytes, ends: Sequence[int], position: int) -> "Iterator[re2._Match]":
    """Every match from there on, one after the other: each ends at one of these, or so far ahead of one."""
    for end in ends:
        if end <= position:
            continue
        start, limit = max(position, end - rule.reach), end + rule.ahead if rule.ahead else len(data)
        found = rule.pattern.search(data, start, limit)
        if found and found.end() > limit - _LONGEST_CHARACTER:
            # It may go on behind the limit.
            found = rule.pattern.search(data, found.start())
        if found:
            yield found
        position = max(found.end() if found else 0, end)


class _Inside:
    """Tells whether a place lies within one of some findings."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self._settled = settle(findings)
        self._starts = [finding.start for finding in self._settled]

    def __call__(self, start: int, end: int) -> bool:
        at = bisect_right(self._starts, start) - 1
        return at >= 0 and end <= self._settled[at].end


@cache
def pattern_detector() -> PatternDetector:
    """The detector with every rule; built once per process, since compiling takes a moment."""
    return PatternDetector(load_rules())

"""
Layer 2: secrets that nobody told us about, recognised by how their makers write them.

Reason: most leaked keys are another system's, pasted by a customer or printed by a tool, and vendors publish
what their keys look like. Hyperscan tells in one pass which rules match somewhere; RE2 then gives the
spans of those few. Both run in linear time whatever the text, so no text can stall the proxy.
"""

import threading
from collections.abc import Iterator
from functools import cache

import hyperscan

from tenant_daemon.redaction.compiled import compiled
from tenant_daemon.redaction.findings import Finding, Layer, redacted
from tenant_daemon.redaction.ruleset import Rule, load_rules, try_examples

_BREAKS = ((b"\\n", b" \n"), (b"\\r", b" \r"), (b"\\t", b" \t"))
_FLAGS = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_DOTALL | hyperscan.HS_FLAG_ALLOWEMPTY


class PatternDetector:
    """Finds what the rules describe. Immutable, safe to use from several threads."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._rules = rules
        self._lock = threading.Lock()
        self._database = compiled(
            "rules",
            [rule.probe for rule in rules],
            _FLAGS,
            basis=repr(rules).encode(),
            before=lambda: try_examples(rules),
        )

    def find(self, data: bytes) -> list[Finding]:
        """Where the rules match in ``data`` (UTF-8)."""
        findings: list[Finding] = []
        data = _with_breaks(data)
        for index, first_end in self._candidates(data):
            findings.extend(_apply(self._rules[index], data, first_end))
        return findings

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
    if b"\\" in data:
        for written, meant in _BREAKS:
            data = data.replace(written, meant)
    return data


def _apply(rule: Rule, data: bytes, first_end: int) -> Iterator[Finding]:
    placeholder = redacted(rule.kind)
    for start, end in rule.spans(data, max(0, first_end - rule.reach)):
        yield Finding(start, end, Layer.PATTERN, placeholder)


@cache
def pattern_detector() -> PatternDetector:
    """The detector with every rule; built once per process, since compiling takes a moment."""
    return PatternDetector(load_rules())

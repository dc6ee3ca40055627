"""
What readings that put pieces together make of a text that hides nothing.

Such a reading leaves out blanks and marks, so behind ``API_KEY=sk-...`` in a manual the next sentence
becomes one long word. Rules that know a token by its form do not mind; those that go by a name do.
"""

import re
from collections.abc import Iterable, Iterator

from tenant_daemon.redaction.findings import Finding, redacted

_BY_NAME = frozenset(
    map(redacted, ("secret", "password", "key", "api-key", "login-pair", "said-password", "npmrc-auth"))
)
"""What rules say that go by what stands around a value."""
_WORD = re.compile(rb"(?<![A-Za-z0-9_])[A-Za-z]?[a-z]{2,}(?![A-Za-z0-9_])")
_LEAST_WORDS, _LEAST_LENGTHS = 4, 3
_COLUMNS = re.compile(rb"\S {2,}\S+ {2,}\S|\S {3,}\S")
_CODE = re.compile(
    rb"\|\||&&|=>|\)\s?\{|\};|[\"'];?\s{1,3}\w{1,20}\s?=\s?\\*[\"']"
    rb"|\n[A-Z][A-Z0-9]*_[A-Z0-9_]*=|[A-Za-z_]\([\"']|<[a-z]+[ -][a-z -]+>|\$\{\w+\}|\$[A-Z][A-Z_]{2,}"
)
_TEMPLATE = re.compile(rb"[$%]\{{1,2}\s{0,2}\Z|\{\{\s{0,2}\Z|<%=?\s{0,2}\Z")
_BEFORE = 8


def without_misread(findings: Iterable[Finding], data: bytes) -> Iterator[Finding]:
    """The findings, as places in the text itself, but for those that are sentences, rows or templates."""
    for finding in findings:
        if finding.placeholder not in _BY_NAME or not _is_text(data, finding.start, finding.end):
            yield finding


def _is_text(data: bytes, start: int, end: int) -> bool:
    words = _WORD.findall(data, start, end)
    if len(words) >= _LEAST_WORDS and len(set(map(len, words))) >= _LEAST_LENGTHS:
        return True
    if data[start - 1 : start].isalpha() and data[start : start + 1].isalpha():
        return True  # The name itself goes on.
    return (
        _COLUMNS.search(data, start, end) is not None
        or _CODE.search(data, start, end) is not None
        or _TEMPLATE.search(data, max(0, start - _BEFORE), start) is not None
    )

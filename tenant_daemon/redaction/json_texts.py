"""
A JSON text stays one: what is replaced in it ends where its strings end.

What was found may run from one string into the next, since a secret was cut over both; and a bare number has
no room for a placeholder. So each string loses its own piece, a number becomes a string, and what is between
them stays. The same goes for JSON texts in the strings of JSON texts, and for each line of JSON lines.
"""

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate

import orjson

from tenant_daemon.redaction.findings import Finding, replaced, with_whole_escapes

_TOKEN = re.compile(rb"\"([^\"\\]*(?:\\.[^\"\\]*)*)\"|-?\d[\d.eE+-]*")
_ESCAPE = re.compile(rb"(\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.)")
_NUMBER = re.compile(rb"-?\d[\d.eE+-]*")
_NAME_BEFORE = re.compile(rb"(\\*\"):\s{0,4}$")
_QUOTE_BEHIND = re.compile(rb"\\*\"")
_OPENING = (b"[", b"{")
_MOST_LEVELS = 3
_LONGEST_ESCAPE = 12

_Token = tuple[int, int, bool]
"""Where the characters of a string, or a number, begin and end; whether it is a number."""


def fitted(findings: Sequence[Finding], data: bytes, levels: int = _MOST_LEVELS) -> Sequence[Finding]:
    """Settled findings as what has to be replaced so that a JSON text stays one, in the same structure."""
    if not any(_may_break(data, finding) for finding in findings):
        return findings
    if levels and _is_json(data):
        rest = data[: findings[0].start] + data[findings[-1].end :]
        return findings if len(findings) == 1 and not rest.strip() else _fitted(findings, data, levels)
    if levels and b"\n" in data:
        return _fitted_to_lines(findings, data, levels)
    return [quoted(finding, data) for finding in findings]


def quoted(finding: Finding, data: bytes) -> Finding:
    """A finding that in a text with some JSON in it seems to be a bare number as one in quotes."""
    start, end = finding.start, finding.end
    if not finding.placeholder or not _NUMBER.fullmatch(data, start, end) or _QUOTE_BEHIND.match(data, end):
        return finding
    name = _NAME_BEFORE.search(data, max(0, start - 40), start)
    quote = name.group(1).decode() if name else ""
    return replace(finding, placeholder=f"{quote}{finding.placeholder}{quote}")


def _may_break(data: bytes, finding: Finding) -> bool:
    """Whether a finding has a quote in it, may begin or end within an escape, or is a number."""
    start, end = finding.start, finding.end
    return (
        data.find(b'"', start, end) >= 0
        or data.find(b"\\", max(0, start - _LONGEST_ESCAPE), start) >= 0
        or data.find(b"\\", max(0, end - _LONGEST_ESCAPE), end) >= 0
        or _NUMBER.fullmatch(data, start, end) is not None
    )


def _is_json(data: bytes) -> bool:
    if data.lstrip()[:1] not in _OPENING:
        return False
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return b"\\u" in data and _has_halves(data)
    return True


def _has_halves(data: bytes) -> bool:
    """Whether a text is JSON but for halves of characters, which the standard library reads."""
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _fitted_to_lines(findings: Sequence[Finding], data: bytes, levels: int) -> list[Finding]:
    """The same for a text of which some lines are JSON texts."""
    lines = data.split(b"\n")
    edges = list(accumulate((len(line) + 1 for line in lines), initial=0))
    kept: list[Finding] = []
    inside: dict[int, list[Finding]] = {}
    are_json: dict[int, bool] = {}
    for finding in findings:
        touched = range(bisect_right(edges, finding.start) - 1, bisect_left(edges, finding.end))
        for number in touched:
            if number not in are_json:
                are_json[number] = _is_json(lines[number])
        if not any(are_json[number] for number in touched):
            kept.append(quoted(finding, data))
            continue
        clipped = ((number, edges[number], edges[number] + len(lines[number])) for number in touched)
        for number, piece in _pieces(finding, clipped):
            if are_json[number]:
                inside.setdefault(number, []).append(_moved(piece, -edges[number]))
            else:
                kept.append(piece)
    for number, pieces in inside.items():
        kept += (_moved(piece, edges[number]) for piece in fitted(pieces, lines[number], levels))
    return sorted(kept, key=lambda found: found.start)


def _fitted(findings: Sequence[Finding], data: bytes, levels: int) -> list[Finding]:
    """The same for a text that is JSON as a whole."""
    tokens = list(_tokens(data))
    ends = [end for _, end, _ in tokens]
    whole: list[Finding] = []
    inside: dict[int, list[Finding]] = {}
    for finding in findings:
        first = bisect_right(ends, finding.start)
        behind = first
        while behind < len(tokens) and tokens[behind][0] < finding.end:
            behind += 1
        if _is_value(finding, data, tokens[first:behind]):
            whole.append(replace(finding, placeholder=f'"{finding.placeholder}"'))
            continue
        places = ((number, *tokens[number][:2]) for number in range(first, behind))
        for number, piece in _pieces(finding, places):
            inside.setdefault(number, []).append(piece)
    for number, pieces in inside.items():
        start, end, is_number = tokens[number]
        if is_number:
            shown = replaced(data[start:end], [_moved(piece, -start) for piece in pieces])
            whole.append(replace(pieces[0], start=start, end=end, placeholder=f'"{shown.decode()}"'))
        else:
            pieces = [_with_whole_escapes(piece, data) for piece in pieces]
            whole += _fitted_to_string(pieces, data, (start, end), levels)
    return sorted(whole, key=lambda found: found.start)


def _with_whole_escapes(finding: Finding, data: bytes) -> Finding:
    start, end = with_whole_escapes(data, finding)
    return (
        finding if start == finding.start and end == finding.end else replace(finding, start=start, end=end)
    )


def _tokens(data: bytes) -> Iterator[_Token]:
    for found in _TOKEN.finditer(data):
        is_number = found.start(1) < 0
        yield (*found.span(0 if is_number else 1), is_number)


def _is_value(finding: Finding, data: bytes, tokens: Sequence[_Token]) -> bool:
    """Whether a secret is a value of JSON itself, like the key file of a service account."""
    if (
        not finding.is_exact
        or not tokens
        or not (finding.start < tokens[0][0] and tokens[-1][1] < finding.end)
    ):
        return False
    try:
        orjson.loads(data[finding.start : finding.end])
    except orjson.JSONDecodeError:
        return False
    return True


def _pieces(finding: Finding, places: Iterator[tuple[int, int, int]]) -> Iterator[tuple[int, Finding]]:
    """What of a finding lies in places ``(number, start, end)``; the first one gets the placeholder."""
    placeholder = finding.placeholder
    for number, start, end in places:
        low, high = max(start, finding.start), min(end, finding.end)
        if low < high:
            is_exact = finding.is_exact and high - low == finding.end - finding.start
            yield number, replace(finding, start=low, end=high, placeholder=placeholder, is_exact=is_exact)
            placeholder = ""


def _fitted_to_string(
    findings: Sequence[Finding], data: bytes, span: tuple[int, int], levels: int
) -> Sequence[Finding]:
    """The same for what lies in a string, which may hold a JSON text."""
    start, end = span
    if not any(_may_break(data, finding) for finding in findings):
        return findings
    pieces = _ESCAPE.split(data[start:end])
    pieces[1::2] = map(_meaning, pieces[1::2])
    text = b"".join(pieces)
    written = list(accumulate(map(len, _ESCAPE.split(data[start:end])), initial=start))
    read = list(accumulate(map(len, pieces), initial=0))
    inner = [
        replace(found, start=_place(found.start, written, read), end=_place(found.end, written, read))
        for found in findings
    ]
    changed = fitted(inner, text, levels - 1)
    return findings if changed is inner else [_written(found, written, read) for found in changed]


@lru_cache(maxsize=1024)
def _meaning(escape: bytes) -> bytes:
    return str(json.loads(b'"%b"' % escape)).encode("utf-8", "surrogatepass")


def _place(offset: int, edges: Sequence[int], others: Sequence[int]) -> int:
    """Where an offset among the edges lies among the others: pieces are as long, or escapes."""
    number = bisect_right(edges, offset) - 1
    return min(others[number] + offset - edges[number], others[min(number + 1, len(others) - 1)])


def _written(found: Finding, written: Sequence[int], read: Sequence[int]) -> Finding:
    """A finding in the text of a string as one in the string."""
    placeholder = json.dumps(found.placeholder, ensure_ascii=False)[1:-1]
    start, end = _place(found.start, read, written), _place(found.end, read, written)
    return replace(found, start=start, end=end, placeholder=placeholder)


def _moved(finding: Finding, by: int) -> Finding:
    return replace(finding, start=finding.start + by, end=finding.end + by)

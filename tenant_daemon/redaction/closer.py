"""
Where two findings see the same secret, the closer one says where it begins and ends.

One of them often sees more than the secret: ``=be7c...`` is an escape to the reader of mails, a line that
ends with ``=`` goes on in the next one, and the rest of a query follows on a key. What the closer one leaves
out stays when it is plainly no part of a secret; when in doubt it is replaced as well.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tenant_daemon.redaction.findings import Finding, Layer

GUESSES = (Layer.PATTERN, Layer.ENTROPY)
_MOST = 64
"""More guesses about one place are rare; they are left as they are."""
_NAME = rb"(?:[A-Z][A-Z0-9_]{0,40}|(?:[A-Z][a-z]+-?){1,5}|[a-z][a-z0-9_.-]{0,40}|[a-z]+(?:[A-Z][a-z]+){1,8})"
_HEAD = re.compile(
    rb"(?:(?:[&;][A-Za-z_]{1,24}=[\w.,~-]{0,8})*[&;]|_)?(?:[A-Z][A-Z_-]{1,24}|[A-Za-z]?[a-z_-]{1,24})?[=:,(\s\"'`]{1,5}"
    rb"|-{1,2}[a-z]{0,16}=?|\{|(?:"
    + _NAME
    + rb"=?\r?\n)?[+-]?"
    + _NAME
    + rb"=|[a-z][a-z0-9+.-]{1,30}://[^\s:/@]{0,200}:"
)
"""A name or the rest of one, as in ``APP_SECRET_KEY=``, and what stands between a name and its value."""
_ANOTHER_LINE = re.compile(
    rb"(=?)(?:\r?\n|(?:\\r)?\\n)[ \t]*(?:- |export )?" + _NAME + rb"\"?\s{0,2}[:=](?![=\r\n]|\\[rn])"
)
"""A setting on the next line, behind the padding of a value in base64."""
_PARAMETERS = re.compile(rb"(?:[&;][A-Za-z_]{1,24}=[\w.,~-]{0,8})+")
"""What follows in a URL, when it is too short for a secret."""
_LINE_BEHIND = re.compile(rb"=(?=(?:(?:\\r)?\\n|\r?\n)[ \t]*[\w./+-]{1,16}\Z)")
_PARAMETERS_BEHIND = re.compile(rb"(?:(?:[&;][A-Za-z_]{1,24}=[\w.,~-]{0,8})+)?\Z")
_IN_QUERY = re.compile(rb"[?&][\w.-]{1,40}=\Z")
_HOST = re.compile(rb"@[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?(?:/[\w./%-]*)?(?:\?[\w=&.-]*)?")
_CLOSING = re.compile(rb"[`\"')\]}>,;]{1,4}\s?")
_CLOSED = re.compile(rb"[\"'`][)\]};][^\"'`+]{0,60}")
_BEGUN_WORD = re.compile(rb"[^A-Za-z0-9\r\n\\]{1,6}[A-Za-z0-9]{1,4}")
_ENDED_WORD = re.compile(rb"[A-Za-z0-9]{1,4}[^A-Za-z0-9\r\n\\]{1,4}")
_NEXT_WORD = re.compile(rb"=*(?:(?:\\r)?\\n|\r?\n)[ \t]*[A-Za-z]?[a-z]{2,15}(?=[ .,:;!?])")
_REFERENCE = re.compile(rb"&#?\w{1,8}\Z")
_BEGUN_LINE = re.compile(rb"=*(?:(?:\\r)?\\n|\r?\n)[ \t]*[\w./+-]{1,16}[:,;|]?")
_LINE_ENDS = re.compile(rb"[A-Za-z0-9+/_-]*={0,2}(?:[\r\n\"'`\\<)\]}]|[ \t]{1,4}(?![ \t:=]|\d)|\Z)")
"""The rest of a line of wrapped data, and what stands behind it."""
_ENDS_SENTENCE = re.compile(rb"\.(?:\s{1,2}[A-Z]|\Z|\s*\n)")
_FAR, _LONGEST_REST = 190, 4_096
"""Rules look this far at least for the end of a value."""
_GOES_ON = re.compile(rb"\A[A-Za-z0-9+/_.~-]*")
_PADDING = re.compile(rb"(={1,2})(?![A-Za-z0-9=])")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{20,}")
_DIFF_MARKS = (b"+", b"-")
_LEAST_SHARE = 0.6
"""How much of a finding of the vault's the closer one has to have."""


def trimmed_by_closer(findings: Sequence[Finding], data: bytes) -> list[Finding]:
    """The findings, those that are no value as it is without what a closer one leaves out."""
    trimmed = [found for found in findings if found.is_exact]
    groups: dict[object, set[Finding]] = {}
    for found in findings:
        if not found.is_exact:
            # Any guess may be about the same as another one; the vault's know what they are about.
            about = None if found.layer in GUESSES else found.placeholder
            groups.setdefault(about, set()).add(_without_edges(found, data))
    for group in groups.values():
        for cluster in _clusters(sorted(group, key=lambda found: (found.start, found.end))):
            trimmed += _trimmed(cluster, data) if 1 < len(cluster) <= _MOST else cluster
    return trimmed


def _without_edges(found: Finding, data: bytes) -> Finding:
    """
    A finding without what can be told to be no part of it by itself.

    That is the mark of a diff before its line, which in base64 is a character like others; the rest of the
    query whose parameter a guess is; the beginning of the line behind its padding.
    """
    start, end = found.start, found.end
    if found.layer in GUESSES:
        end = _whole_end(data, start, end)
    is_marked = (
        data[start : start + 1] in _DIFF_MARKS
        and data[start + 1 : start + 2].isalnum()
        and (start == 0 or data.endswith((b"\n", b"\\n"), max(0, start - 2), start))
    )
    if (
        found.layer in GUESSES
        and b"&" in data[start:end]
        and _IN_QUERY.search(data, max(0, start - 42), start)
    ):
        end -= len(_PARAMETERS_BEHIND.findall(data[start:end])[0])
    if (
        found.layer in GUESSES
        and (padding := _LINE_BEHIND.search(data, max(start, end - 24), end))
        and not _LINE_ENDS.match(data, end)
    ):
        end = padding.end()
    if found.layer in GUESSES and _ENDS_SENTENCE.match(data, end - 1) and data[start - 1 : start] == b" ":
        end -= 1
    return replace(found, start=start + is_marked, end=end) if is_marked or end != found.end else found


def _whole_end(data: bytes, start: int, end: int) -> int:
    """Where a guess ends that reaches as far as its rule looks, or up to the padding of base64."""
    if end - start >= _FAR and data[end - 1 : end].isalnum():
        end += len(_GOES_ON.findall(data[end : end + _LONGEST_REST])[0])
    padding = _PADDING.match(data, end)
    if padding and _BASE64.fullmatch(data, start, end):
        end = padding.end(1)
    return end


def _clusters(findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    """Those that overlap, together."""
    cluster: list[Finding] = []
    end = 0
    for finding in findings:
        if cluster and finding.start >= end:
            yield cluster
            cluster = []
        cluster.append(finding)
        end = max(end, finding.end)
    yield cluster


def _trimmed(cluster: Sequence[Finding], data: bytes) -> Iterator[Finding]:
    for finding in cluster:
        closer = cluster if finding.layer in GUESSES else _alike(cluster, finding)
        starts = sorted({other.start for other in closer})
        ends = sorted({other.end for other in closer})
        start = next(
            (
                at
                for at in reversed(starts)
                if finding.start < at < finding.end and _is_head(data, finding, at)
            ),
            finding.start,
        )
        end = next(
            (at for at in ends if start < at < finding.end and _is_rest(data, at, finding)), finding.end
        )
        if end < finding.end and (padded := _ANOTHER_LINE.match(data, end) or _BEGUN_LINE.match(data, end)):
            end += len(padded.group()) - len(padded.group().lstrip(b"="))
        is_same = (start, end) == (finding.start, finding.end)
        yield finding if is_same else replace(finding, start=start, end=end)


def _alike(cluster: Sequence[Finding], finding: Finding) -> list[Finding]:
    """Those that hold most of what a finding holds, so no mere part of a secret."""
    least = _LEAST_SHARE * (finding.end - finding.start)
    return [other for other in cluster if other.end - other.start >= least]


def _is_head(data: bytes, finding: Finding, end: int) -> bool:
    """Whether what stands before ``end`` in a finding is no part of it."""
    start = finding.start
    if finding.layer in GUESSES and _HEAD.fullmatch(data, start, end):
        return True
    is_glued = data[max(0, start - 1) : start].isalnum()
    if is_glued and finding.layer in GUESSES and data[start:end] == b"/":
        return True
    return is_glued and _ENDED_WORD.fullmatch(data, start, end) is not None


def _is_rest(data: bytes, start: int, finding: Finding) -> bool:
    """Whether what stands from ``start`` on in a finding is no part of it."""
    end = finding.end
    if _BEGUN_WORD.fullmatch(data, start, end) and data[end : end + 1].isalnum():
        return True
    if (word := _NEXT_WORD.match(data, start)) and word.end() == end:
        return True
    if _BEGUN_LINE.fullmatch(data, start, end) and not _LINE_ENDS.match(data, end):
        return True
    if data[start:end] == b";" and _REFERENCE.search(data, max(0, start - 10), start):
        return False
    return finding.layer in GUESSES and (
        any(plain.fullmatch(data, start, end) for plain in (_PARAMETERS, _HOST, _CLOSING, _CLOSED))
        or _ANOTHER_LINE.match(data, start) is not None
    )

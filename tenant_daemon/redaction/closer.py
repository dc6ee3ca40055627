"""
Where two guesses see the same secret, the closer one says where it begins and ends.

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
_HEAD = re.compile(rb"(?:_[A-Za-z_]{1,24})?[=:\s\"'`]{1,4}")
"""The rest of a name, as in ``APP_SECRET_KEY=``, and what stands between a name and its value."""
_NAME = rb"(?:[A-Z][A-Z0-9_]{0,40}|[a-z][a-z0-9_.-]{0,40}|[a-z]+(?:[A-Z][a-z]+){1,8})"
_ANOTHER_LINE = re.compile(
    rb"(=?)(?:\r?\n|(?:\\r)?\\n)[ \t]*(?:- |export )?" + _NAME + rb"\"?\s{0,2}[:=](?![=\r\n]|\\[rn])"
)
"""A setting on the next line, behind the padding of a value in base64."""
_PARAMETERS = re.compile(rb"(?:[&;][A-Za-z_]{1,24}=[\w.,~-]{0,8})+")
"""What follows in a URL, when it is too short for a secret."""
_CLOSING = re.compile(rb"[`\"')\]}>,;]")


def trimmed_by_closer(findings: Sequence[Finding], data: bytes) -> list[Finding]:
    """The findings, guesses without what a closer one leaves out."""
    guesses = sorted(
        {found for found in findings if found.layer in GUESSES},
        key=lambda found: (found.start, found.end),
    )
    if len(guesses) < 2:
        return list(findings)
    trimmed = [found for found in findings if found.layer not in GUESSES]
    for cluster in _clusters(guesses):
        trimmed += _trimmed(cluster, data) if 1 < len(cluster) <= _MOST else cluster
    return trimmed


def _clusters(guesses: Sequence[Finding]) -> Iterator[list[Finding]]:
    """Those that overlap, together."""
    cluster: list[Finding] = []
    end = 0
    for guess in guesses:
        if cluster and guess.start >= end:
            yield cluster
            cluster = []
        cluster.append(guess)
        end = max(end, guess.end)
    yield cluster


def _trimmed(cluster: Sequence[Finding], data: bytes) -> Iterator[Finding]:
    starts = sorted({guess.start for guess in cluster})
    ends = sorted({guess.end for guess in cluster})
    for guess in cluster:
        start = next(
            (
                at
                for at in reversed(starts)
                if guess.start < at < guess.end and _HEAD.fullmatch(data, guess.start, at)
            ),
            guess.start,
        )
        end = next((at for at in ends if start < at < guess.end and _is_rest(data, at, guess.end)), guess.end)
        if end < guess.end and (padded := _ANOTHER_LINE.match(data, end)):
            end += len(padded.group(1))
        is_same = (start, end) == (guess.start, guess.end)
        yield guess if is_same else replace(guess, start=start, end=end)


def _is_rest(data: bytes, start: int, end: int) -> bool:
    return (
        any(plain.fullmatch(data, start, end) for plain in (_PARAMETERS, _CLOSING))
        or _ANOTHER_LINE.match(data, start) is not None
    )

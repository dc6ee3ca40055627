"""
Strings that begin and end alike: ``printf %s 'kV9m' >> key``, ``printf %s 'Q2xL' >> key``; ``part 1: kV9m``.

Each shows a piece of a secret, and what stands around the pieces says nothing of it.
"""

import re
from collections.abc import Iterator, Sequence

from tenant_daemon.redaction.detectors.agreement import common_prefix
from tenant_daemon.redaction.rows import GAP, WALL, Row
from tenant_daemon.redaction.views.view import Span

_LONGEST = 256
_LEAST_ALIKE = 3
_MOST = 64
"""Strings of one chain; tables have more of them, and are no pieces of one thing."""

_WORD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_IN_PIECES = re.compile(rb"[A-Za-z0-9+/=]*\Z")
_NUMBER = re.compile(rb"\d{1,3}(?:(?:/| of )\d{1,3})?[^A-Za-z0-9]{1,8}")
_IN_NAMES = b"abcdefghijklmnopqrstuvwxyz0123456789/_-. "
_DIGITS = b"0123456789abcdefABCDEF"


def alike_row(encoded: Sequence[bytes], *orders: Sequence[int]) -> Row:
    """What stands between the beginnings and the ends of strings that have these in common."""
    indexes: list[int] = []
    pieces: list[bytes] = []
    offsets: list[int] = []
    for order in orders:
        for chain in _chains(encoded, order):
            texts = [encoded[index] for index in chain]
            if len(set(texts)) == 1:
                continue
            spans = _between(texts)
            middles = [text[start:end] for text, (start, end) in zip(texts, spans, strict=True)]
            if not _is_telling(b"".join(middles)):
                continue
            indexes += chain
            pieces += middles
            offsets += [start for start, _ in spans]
            indexes.append(GAP)
            pieces.append(WALL)
            offsets.append(0)
    return Row(indexes, pieces, offsets, b"")


def _between(texts: Sequence[bytes]) -> list[Span]:
    """What each text has between the beginning and the end that are the same for all."""
    first, last = min(texts), max(texts)
    size = common_prefix(first, last, 0)
    start = len(first[:size]) - len(_ending(first[:size]))
    turned = [text[: start - len(text) - 1 : -1] for text in texts]
    first, last = min(turned), max(turned)
    behind = first[: common_prefix(first, last, 0)][::-1]
    end = len(behind) - len(behind.lstrip(_WORD))
    size = len(behind) - end
    numbers = [_NUMBER.match(text, start) for text in texts]
    starts = [number.end() for number in numbers if number]
    if len(starts) < len(texts):
        starts = [start] * len(texts)
    return [(start, max(start, len(text) - size)) for start, text in zip(starts, texts, strict=True)]


def _ending(text: bytes) -> bytes:
    found = _IN_PIECES.search(text)
    return found.group() if found else b""


def _is_telling(whole: bytes) -> bool:
    """Whether these may be pieces of a secret, and not names, paths and words."""
    return bool(whole.translate(None, _IN_NAMES)) or not whole.translate(None, _DIGITS)


def _chains(encoded: Sequence[bytes], order: Sequence[int]) -> Iterator[list[int]]:
    chain: list[int] = []
    before = b""
    for index in order:
        text = encoded[index] if index != GAP else b""
        # Most texts begin in another way than the one before, which is seen soonest by that.
        is_short = _LEAST_ALIKE < len(text) <= _LONGEST
        if is_short and chain and text[:_LEAST_ALIKE] == before[:_LEAST_ALIKE]:
            chain.append(index)
        else:
            if 1 < len(chain) <= _MOST:
                yield chain
            chain = [index] if is_short else []
        before = text
    if 1 < len(chain) <= _MOST:
        yield chain

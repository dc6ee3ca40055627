"""
Pieces with the number of their place: ``3: x, 1: a``, ``k[0] = 'g'``, ``part 2: ...``, in any order.
"""

import re
from itertools import pairwise

from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.signs import Sign
from tenant_daemon.redaction.views.vendor_marks import has_mark
from tenant_daemon.redaction.views.view import Parts, Span, View

_ITEM = re.compile(
    rb"(?:^|(?<=[\s,;({\[|\"])|(?<=\\n))"
    rb"(?:[A-Za-z]{1,10}[ _#.-]?)?(?:[\[(#]|\\?[\"'])?(\d{1,3})[\])]?\\?[\"']?\s?"
    rb"(?:[=-]>|:=(?= ?[\"'])|[.:]\)|[:=.)>-]|,(?= ?\\?[\"']))\s?\\?[\"']?"
    rb"([!-~\x80-\xff]{1,64}?)\\?[\"']?(?=[\s,;)}\]|]|\\n|$)"
)
_FEWEST, _FEWEST_SINGLE, _MOST = 2, 6, 400
_SHORTEST = 12
_MOST_APART = 2
"""A blank among numbered characters is not seen."""

_Item = tuple[int, Span]


def read_indexed(view: View) -> tuple[View, bool] | None:
    """The pieces in the order of their numbers, and whether a vendor's token comes out; None for none."""
    if Sign.INDEXED not in view.signs:
        return None
    parts = Parts()
    is_token = False
    for run in _runs(view.data):
        pieces = [view.data[start:end] for _, (start, end) in run]
        text = b"".join(pieces)
        is_single = max(map(len, pieces)) == 1
        fewest, shortest = (_FEWEST_SINGLE,) * 2 if is_single else (_FEWEST, min(_SHORTEST, 3 * len(run)))
        if len(run) < fewest or len(text) < shortest:
            continue
        for _, (start, end) in run:
            parts.add_same(view.data, start, end)
        parts.add(SEPARATOR, run[-1][1][1], run[-1][1][1])
        is_token = is_token or has_mark(text)
    return (View(parts, view), is_token) if parts else None


def _runs(data: bytes) -> list[list[_Item]]:
    """Items whose numbers are all there, or nearly, none twice, sorted by them."""
    runs: list[list[_Item]] = []
    run: dict[int, Span] = {}
    for found in _ITEM.finditer(data):
        number = int(found.group(1))
        if number in run or len(run) >= _MOST:
            runs.append(sorted(run.items()))
            run = {}
        run[number] = found.span(2)
    runs.append(sorted(run.items()))
    return [
        run
        for run in runs
        if len(run) > 1
        and run[0][0] <= 1
        and all(one < other <= one + _MOST_APART for (one, _), (other, _) in pairwise(run))
    ]

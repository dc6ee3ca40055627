"""
Characters by their names in Unicode, and characters beside their codes, as debuggers and loops over a text
print them: ``104 'h', 101 'e'``, ``h = 104``.

One that stands beside its own number is no chance where many do so one after the other.
"""

import re
import unicodedata
from collections.abc import Iterator

from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.signs import Sign
from tenant_daemon.redaction.views.view import Parts, Span, View

_PAIR = re.compile(
    rb"(?<![0-9A-Za-z])(?:"
    rb"([0-9]{2,3})(?:\\t|[\s,:=])[\s,:=]{0,3}\\?['\"]([ -~])\\?['\"]"
    rb"|\\?['\"]([ -~])\\?['\"](?:\\t|[\s,:=])[\s,:=>-]{0,4}([0-9]{2,3})"
    rb"|([!-~])(?:\\t|[ \t,:=])[ \t,:=>-]{0,4}([0-9]{2,3})"
    rb")(?![0-9A-Za-z])"
)
_NAME = re.compile(rb"(?<![A-Za-z])[A-Z][A-Z0-9-]+(?: [A-Z0-9-]+){0,7}(?![A-Za-z])")
_FEWEST = 6
_FARTHEST = 24
"""Bytes between two of them."""


def read_pairs(view: View) -> View | None:
    """The characters of each run of such pairs as one; None when there are none."""
    if Sign.PAIRED not in view.signs:
        return None
    parts = Parts()
    for run in _runs(view.data):
        parts.add_all_same(view.data, run)
        parts.add(SEPARATOR, run[-1][1], run[-1][1])
    return View(parts, view) if parts else None


def read_names(view: View) -> View | None:
    """The characters that are named; None when there are none."""
    if Sign.NAMED not in view.signs:
        return None
    parts = Parts()
    for found in _NAME.finditer(view.data):
        try:
            character = unicodedata.lookup(found.group().decode())
        except KeyError:
            continue
        parts.add(character.encode("utf-8", "surrogatepass"), *found.span())
    return View(parts, view) if parts else None


def _runs(data: bytes) -> Iterator[list[Span]]:
    run: list[Span] = []
    last = position = 0
    while found := _PAIR.search(data, position):
        position = found.start() + 1
        code, of_code, character, its_code, bare, bare_code = (found.span(group) for group in range(1, 7))
        place, number = next(
            pair for pair in ((of_code, code), (character, its_code), (bare, bare_code)) if pair[0][0] >= 0
        )
        if int(data[slice(*number)]) != data[place[0]]:
            continue
        if run and found.start() > last + _FARTHEST:
            if len(run) >= _FEWEST:
                yield run
            run = []
        run.append(place)
        last = position = found.end()
    if len(run) >= _FEWEST:
        yield run

"""
Where a secret that was cut goes on in the next string of a JSON text, ``{"a": "AKIA...", "b": ["..."]}``.

A JSON value has its strings laid side by side (``rows.py``); a text that only shows one has names and marks
between them, which the projection keeps. They are only looked at where a part of a secret ends at a quote.
"""

import re
from collections.abc import Iterator

from tenant_daemon.contracts.references import reference_to
from tenant_daemon.redaction.detectors.agreement import common_prefix, common_suffix
from tenant_daemon.redaction.detectors.form_index import ANCHOR, LEAST_ENCODED_PART, TAIL, Form
from tenant_daemon.redaction.findings import Finding, Layer
from tenant_daemon.redaction.projection import Projection, kept_in

_BLANK = rb"(?:\s|\\+[nrt])"
_MARKS = rb"(?:" + _BLANK + rb"|[,\[\]{}\x1e]){0,40}"
_QUOTE = rb"\\*[\"']"
_NUMBER = rb"(?:\s?(?:-?\d[\d.]{0,20}|true|false|null)\s?,)?"
_NAME = _QUOTE + rb"[\w .-]{1,40}" + _QUOTE + _BLANK + rb"{0,2}:" + _NUMBER + _MARKS
"""A name, and what stands under it where that is no string."""
_EDGE = rb"[^A-Za-z0-9\"'\\]{0,8}"
"""What the projection drops at the end of a piece."""
_GAP = re.compile(_EDGE + _QUOTE + _MARKS + rb"(?:" + _NAME + rb"){0,4}" + _QUOTE + _EDGE)
_END = re.compile(_QUOTE)
_MOST_MARKS = 16
_LONGEST_GAP = 160
_MOST_PIECES = 64
_LEAST_SHARE = 0.6
_LEAST_PIECE = 1
_MOST_STRAYS = 3

_BITS = b"01"

Span = tuple[int, int]


def pieces_over_strings(
    data: bytes, projection: Projection, form: Form, name: str, start: int, end: int
) -> Iterator[Finding]:
    """The pieces of a form that was cut into several strings of a JSON text."""
    _, kind, projected = form
    text = projection.data
    if not projected[:ANCHOR].strip(_BITS) and not text.startswith(projected[:LEAST_ENCODED_PART], start):
        # Eight binary digits are one character, which chance makes often.
        return
    if kind == TAIL:
        length = common_suffix(projected, text, end)
        if length < len(projected):
            pieces = _pieces_before(data, projection, projected, end, length)
    else:
        length = common_prefix(projected, text, start)
        if length < len(projected):
            pieces = _pieces_behind(data, projection, projected, start, length)
    if length == len(projected):
        return
    for number, (low, high) in enumerate(pieces):
        yield Finding(low, high, Layer.KNOWN, "" if number else reference_to(name))


def _pieces_behind(data: bytes, projection: Projection, form: bytes, start: int, length: int) -> list[Span]:
    """Where the pieces of a form stand whose first ``length`` characters begin at ``start``, projected."""
    text = projection.data
    begin, end = projection.origin(start, start + length)
    # What stands behind the quote may go on like the secret by chance.
    quote = _END.search(data, begin, end + _MOST_MARKS)
    if quote is None:
        return []
    pieces = [(begin, quote.start())]
    done = kept_in(projection.cleaned[begin : quote.start()])
    position = start + done
    while done < len(form) and len(pieces) < _MOST_PIECES:
        gap = _GAP.match(data, pieces[-1][1], pieces[-1][1] + _LONGEST_GAP)
        if gap is None:
            break
        position += kept_in(projection.cleaned[gap.start() : gap.end()])
        size = common_prefix(form[done:], text, position)
        if size < min(_LEAST_PIECE, len(form) - done):
            break
        place = projection.origin(position, position + size)
        if done + size < len(form) and size <= _MOST_STRAYS and data[place[1] : place[1] + 1].isalnum():
            break  # The first letters of another word.
        pieces.append(place)
        done, position = done + size, position + size
    return _enough(pieces, done, len(form))


def _pieces_before(data: bytes, projection: Projection, form: bytes, end: int, length: int) -> list[Span]:
    """The same of a form whose last ``length`` characters end at ``end``."""
    text = projection.data
    begin, behind = projection.origin(end - length, end)
    begin = max(data.rfind(quote, max(0, begin - 1), behind) for quote in (b'"', b"'")) + 1
    if begin == 0:
        return []
    pieces = [(begin, behind)]
    done = kept_in(projection.cleaned[begin:behind])
    position = end - done
    while done < len(form) and len(pieces) < _MOST_PIECES:
        begin = pieces[-1][0]
        gap = _gap_before(data, begin)
        if gap is None:
            break
        position -= kept_in(projection.cleaned[gap:begin])
        left = len(form) - done
        size = common_suffix(form[:left], text, position)
        if size < min(_LEAST_PIECE, left):
            break
        place = projection.origin(position - size, position)
        if size < left and size <= _MOST_STRAYS and data[place[0] - 1 : place[0]].isalnum():
            break  # The last letters of another word.
        pieces.append(place)
        done, position = done + size, position - size
    return _enough(pieces, done, len(form))[::-1]


def _gap_before(data: bytes, end: int) -> int | None:
    """Where the gap begins that ends at ``end``: the longest one."""
    low = max(0, end - _LONGEST_GAP)
    return next((gap.start() for gap in _gaps(data, low, end)), None)


def _gaps(data: bytes, low: int, end: int) -> Iterator[re.Match[bytes]]:
    for quote in re.finditer(_QUOTE, data[low:end]):
        if gap := _GAP.fullmatch(data, low + quote.start(), end):
            yield gap


def _enough(pieces: list[Span], done: int, whole: int) -> list[Span]:
    """The pieces, if there are some and they reveal most of a secret."""
    return pieces if len(pieces) > 1 and done >= _LEAST_SHARE * whole else []

"""
Where a secret that was cut goes on behind whatever stands before its next piece: the number of a line, the
name of a part, the time of a subtitle, the markup around a run of letters.

Readings leave out what lines have in common (``views/stitched.py``). What each line has for itself is passed
over here, where the beginning or the end of a form says what to look for.
"""

from collections.abc import Iterator

from tenant_daemon.contracts.references import reference_to
from tenant_daemon.redaction.detectors.agreement import common_prefix
from tenant_daemon.redaction.detectors.form_index import (
    ENCODED,
    LEAST_ENCODED_PART,
    PLAIN,
    TAIL,
    Form,
)
from tenant_daemon.redaction.findings import Finding, Layer
from tenant_daemon.redaction.projection import Projection

SHORTEST = 12
"""Characters of a form: of shorter ones two pieces are there by chance."""
_LONGEST_GAP = 160
"""Characters of the projection between two pieces."""
_MOST_PIECES = 128
_FARTHEST_BACK = 2_048
_LEAST_SHARE = 0.6
_MOST_STRAYS = 3
"""Characters at the open end of a piece that chance may have made fit."""
_PIECE, _ENCODED_PIECE, _DIGITS_PIECE = 4, 5, 8
"""Characters by which the next piece is told, depending on how many different ones a form has."""
_BITS = b"01"

_Piece = tuple[int, int]
"""Where a piece begins and ends in the projection."""


def resumed(projection: Projection, form: Form, name: str, start: int, end: int) -> Iterator[Finding]:
    """The pieces of a form whose anchor stands at ``[start, end)`` of the projection, with gaps between."""
    _, kind, projected = form
    if len(projected) < SHORTEST:
        return
    is_code = kind == ENCODED and projected.isdigit()
    if is_code and not projection.data.startswith(projected[:LEAST_ENCODED_PART], start):
        return
    pieces = (_behind if kind != TAIL else _before)(projected, projection.data, (start, end), _told_by(form))
    for number, piece in enumerate(sorted(pieces)):
        low, high = projection.origin(*piece)
        yield Finding(low, high, Layer.KNOWN, "" if number else reference_to(name))


def _told_by(form: Form) -> int:
    """How many characters tell the next piece; 0 where none do."""
    _, kind, projected = form
    if projected.isdigit():
        return _DIGITS_PIECE if projected.strip(_BITS) else 0
    return _PIECE if kind in (PLAIN, TAIL) else _ENCODED_PIECE


def _behind(form: bytes, text: bytes, anchor: _Piece, least: int) -> list[_Piece]:
    start = anchor[0]
    done = common_prefix(form, text, start)
    pieces = [(start, start + done)]
    while least and done < len(form) and len(pieces) < _MOST_PIECES:
        low, high = pieces[-1]
        found = _next(form, text, done, (low, high), least)
        if found is None:
            break
        at, strays = found
        pieces[-1] = low, high - strays
        size = common_prefix(form[done - strays :], text, at)
        pieces.append((at, at + size))
        done += size - strays
    return _enough(pieces, done, form)


def _next(form: bytes, text: bytes, done: int, piece: _Piece, least: int) -> tuple[int, int] | None:
    """Where a form goes on behind a piece, and how many characters at the end of that are strays."""
    low, high = piece
    wanted = min(least, len(form) - done)
    for strays in range(min(_MOST_STRAYS, high - low - 1) + 1):
        sought = form[done - strays : done + wanted]
        at = text.find(sought, high - strays + 1, high + _LONGEST_GAP)
        if at < 0:
            continue
        # What fits at the end of one piece and before the next belongs to the latter.
        while strays < min(_MOST_STRAYS, high - low - 1) and text[at - 1] == form[done - strays - 1]:
            at, strays = at - 1, strays + 1
        return at, strays
    return None


def _before(form: bytes, text: bytes, anchor: _Piece, least: int) -> list[_Piece]:
    """The same from the end of a form on: that of what is read backwards."""
    reach = _FARTHEST_BACK + 2 * len(form)
    turned, size = text[max(0, anchor[1] - reach) : anchor[1]][::-1], anchor[1]
    pieces = _behind(form[::-1], turned, (0, 0), least)
    return [(size - high, size - low) for low, high in pieces]


def _enough(pieces: list[_Piece], done: int, form: bytes) -> list[_Piece]:
    """The pieces, if there are some and they reveal most of a secret."""
    return pieces if len(pieces) > 1 and done >= _LEAST_SHARE * len(form) else []

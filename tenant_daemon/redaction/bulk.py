"""What is done with whole columns at once where a text is long: numpy instead of a step for each word."""

from collections.abc import Collection

import numpy as np

from tenant_daemon.redaction.tokens import PLAIN, SHORTEST, WORD

_OTHER, _PLAIN, _SPECIAL = range(3)
_KINDS = bytes(_OTHER if byte not in WORD else _PLAIN if byte in PLAIN else _SPECIAL for byte in range(256))

_LETTER, _COLON, _QUOTE, _BLANK, _JOINING = range(5)
_MARKS = bytearray(256)
for _kind, _bytes in (
    (_COLON, b":"),
    (_QUOTE, b"\"'`"),
    (_BLANK, b" \t\n\r\f\v"),
    (_JOINING, b"\\[](),+.|c"),
):
    for _byte in _bytes:
        _MARKS[_byte] = _kind


def places_of(data: bytes, wanted: Collection[int]) -> memoryview:
    """Where these bytes stand."""
    flags = data.translate(bytes(byte in wanted for byte in range(256)))
    return np.flatnonzero(np.frombuffer(flags, np.bool_)).data


def quoted_pieces(data: bytes, longest: int) -> list[tuple[int, int, int]]:
    """
    Where a literal may go on in the next one: ``(closing quote, where that begins, where it ends)``.

    By the first character between the two, which has to be white space or one of ``\\\\[](),+.|c``. Without
    those where the second is the name of a field.
    """
    marks = np.frombuffer(data.translate(_MARKS) + bytes(2), np.uint8)
    quotes = np.flatnonzero(marks == _QUOTE)
    closing, opening = quotes[:-1], quotes[1:]
    ends = np.append(quotes[2:], len(data))
    behind = marks[ends + 1] if len(ends) else ends
    behind = np.where(behind == _BLANK, marks[np.minimum(ends + 2, len(data))], behind)
    is_name = (behind == _COLON) & (ends - opening <= longest + 1)
    chosen = np.flatnonzero((marks[closing + 1] >= _BLANK) & ~is_name[: len(closing)])
    starts = opening[chosen] + 1
    lasts = np.minimum(ends[chosen], starts + longest)
    return list(zip(closing[chosen].tolist(), starts.tolist(), lasts.tolist(), strict=True))


def long_runs(data: bytes) -> list[tuple[int, int]]:
    """Where long words stand that have something else than ``PLAIN`` in them."""
    kinds = np.frombuffer(data.translate(_KINDS), np.uint8)
    # A word reaches from behind one gap to the next one.
    gaps = np.flatnonzero(kinds == _OTHER)
    edges = np.concatenate((np.array([-1]), gaps, np.array([len(data)])))
    long = np.flatnonzero(np.diff(edges) > SHORTEST)
    if not len(long):
        return []
    starts, ends = edges[long] + 1, edges[long + 1]
    # Bounds of the words and of what stands between them; the last end is the end of the array anyway.
    bounds = np.column_stack((starts, ends)).ravel()
    highest = np.maximum.reduceat(kinds, bounds[: -1 if ends[-1] == len(data) else None])[::2]
    chosen = np.flatnonzero(highest == _SPECIAL)
    return list(zip(starts[chosen].tolist(), ends[chosen].tolist(), strict=True))

"""
The values of the fields of records in long texts, found with numpy instead of a step for each quote.

``views/records.py`` says what for, and does the same for short texts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

_Bytes = npt.NDArray[np.uint8]
_Places = npt.NDArray[np.intp]
_NEWLINE, _WALL, _SPACE, _QUOTE, _COLON, _BACKSLASH = b'\n\x1e ":\\'
_FEWEST_QUOTES = 4
_FEWEST = 2
_LONGEST_MEAN = 40
"""Bytes of the values of a field, on average: longer pieces are known by themselves."""
_WIDTH = 8
_MULTIPLIER = np.uint64(0x9E37_79B9_7F4A_7C15)
_SHIFT = np.uint64(48)


@dataclass(frozen=True)
class Columns:
    """The values of some fields, field by field."""

    _letters: _Bytes
    _starts: _Places
    _ends: _Places
    _edges: _Places
    """Where each field begins among the values, and behind the last one."""

    def spans_of(self, number: int) -> list[tuple[int, int]]:
        """Where the values of a field stand."""
        low, high = self._edges[number : number + 2].tolist()
        return list(zip(self._starts[low:high].tolist(), self._ends[low:high].tolist(), strict=True))

    def joined(self) -> list[bytes]:
        """The values of each field, without anything in between."""
        sizes = self._ends - self._starts
        behind = np.cumsum(sizes)
        total = int(behind[-1]) if len(behind) else 0
        places = np.arange(total) + np.repeat(self._starts - behind + sizes, sizes)
        data = self._letters[places].tobytes()
        edges = np.append(0, behind)[self._edges].tolist()
        return [data[edge:end] for edge, end in pairwise(edges)]


def columns(data: bytes, longest: int) -> Iterator[Columns]:
    """
    The strings that are values of the fields of one name, for each name that has several.

    First those of JSON texts, then those of JSON texts in their strings, and in the strings of these. Fields
    are told apart by the last bytes of their name. A string ends on its line, and one of a row has names of
    its own.
    """
    # Behind the last byte, and so before the first one, stand bytes that are none of those looked for.
    letters = np.frombuffer(data + bytes(4), np.uint8)
    quotes = np.flatnonzero(letters == _QUOTE)
    if len(quotes) < _FEWEST_QUOTES:
        return
    newlines = np.flatnonzero(letters == _NEWLINE)
    is_escaped = letters[quotes - 1] == _BACKSLASH
    levels = [(0, quotes[~is_escaped])]
    if is_escaped.any():
        quotes = quotes[is_escaped]
        is_escaped = letters[quotes - 2] == _BACKSLASH
        levels.append((1, quotes[~is_escaped]))
        quotes = quotes[is_escaped]
        is_third = (letters[quotes - 3] == _BACKSLASH) & (letters[quotes - 4] != _BACKSLASH)
        levels.append((3, quotes[is_third]))
    for slashes, chosen in levels:
        if len(chosen) >= _FEWEST_QUOTES and (found := _columns(letters, newlines, chosen, slashes, longest)):
            yield found


def _columns(
    letters: _Bytes, newlines: _Places, quotes: _Places, slashes: int, longest: int
) -> Columns | None:
    """The same for quotes with so many backslashes before them."""
    lines = newlines.searchsorted(quotes)
    numbers = np.arange(len(quotes))
    is_first = np.append(True, lines[1:] != lines[:-1])
    firsts = np.maximum.accumulate(np.where(is_first, numbers, 0))
    opening = np.flatnonzero((((numbers - firsts) & 1) == 0)[:-1] & ~is_first[1:])
    starts, behind = quotes[opening] + 1, quotes[opening + 1] + 1
    ends = behind - slashes - 1
    following = np.where(letters[behind] == _SPACE, letters[behind + 1], letters[behind])
    is_name = following == _COLON
    names = np.maximum.accumulate(np.where(is_name, np.arange(len(starts)), -1))
    values = np.flatnonzero(~is_name & (starts < ends) & (ends - starts <= longest))
    if len(values) < _FEWEST:
        return None
    walls = newlines[letters[newlines + 1] == _WALL]
    names = names[values]
    is_own = (names >= 0) & (walls.searchsorted(starts[names]) == walls.searchsorted(starts[values]))
    hashes = np.where(is_own, _hashes(letters, starts[names], ends[names]), np.uint16(0))
    order = np.argsort(hashes, kind="stable")
    return _several(letters, starts[values[order]], ends[values[order]], hashes[order])


def _hashes(letters: _Bytes, starts: _Places, ends: _Places) -> npt.NDArray[np.uint16]:
    """What tells names apart. So few bits are sorted in no time."""
    data = bytes(_WIDTH) + letters.tobytes()
    windows: npt.NDArray[np.uint64] = np.ndarray((len(letters) + 1,), "<u8", data, 0, (1,))
    # The last bytes of a window are its highest ones: what stands before the name goes.
    size = np.clip(ends - starts, 1, _WIDTH)
    last = windows[ends] >> (8 * (_WIDTH - size)).astype(np.uint64)
    hashes: npt.NDArray[np.uint16] = (last * _MULTIPLIER >> _SHIFT).astype(np.uint16)
    return hashes


def _several(
    letters: _Bytes, starts: _Places, ends: _Places, hashes: npt.NDArray[np.uint16]
) -> Columns | None:
    """The fields that have several values, short ones on average."""
    edges = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1]))
    counts = np.diff(np.append(edges, len(hashes)))
    totals = np.add.reduceat(ends - starts, edges)
    are_kept = (counts >= _FEWEST) & (totals <= counts * _LONGEST_MEAN)
    if not are_kept.any():
        return None
    is_kept = np.repeat(are_kept, counts)
    kept_edges = np.append(0, np.cumsum(counts[are_kept]))
    return Columns(letters, starts[is_kept], ends[is_kept], kept_edges)

"""
The values of the fields of records in long texts, found with numpy instead of a step for each quote.

``views/records.py`` says what for, and does the same for short texts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

_Bytes = npt.NDArray[np.uint8]
_Places = npt.NDArray[np.intp]
_Bounds = tuple[int, int, int]
"""Bytes of a value, of the values of a field on average, and of all of them where these are longer."""
_NEWLINE, _WALL, _SPACE, _QUOTE, _COLON, _BACKSLASH = b'\n\x1e ":\\'
_FEWEST_QUOTES = 4
_FEWEST = 2
SLASHES = (0, 1, 3)
"""Backslashes before the quotes of a JSON text, of one in its strings, and of one in the strings of that."""
_MOST_BACKSLASHES = 64
"""More of them are no marks of anything."""
_WIDTH = 16
"""Bytes before the first one and behind the last."""
NAME_SIZE = 8
"""Bytes at the end of a name by which it is told from others."""
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

    @cached_property
    def counts(self) -> list[int]:
        """How many values each field has."""
        counts: list[int] = np.diff(self._edges).tolist()
        return counts

    def spans_of(self, number: int) -> list[tuple[int, int]]:
        """Where the values of a field stand."""
        low, high = self._edges[number : number + 2].tolist()
        starts, ends = self._starts[low:high] - _WIDTH, self._ends[low:high] - _WIDTH
        return list(zip(starts.tolist(), ends.tolist(), strict=True))

    def joined(self) -> list[bytes]:
        """The values of each field, without anything in between."""
        sizes = self._ends - self._starts
        behind = np.cumsum(sizes)
        places = np.repeat((self._starts - behind + sizes).astype(np.int32), sizes)
        places += np.arange(len(places), dtype=np.int32)
        data = self._letters[places].tobytes()
        edges = np.append(0, behind)[self._edges].tolist()
        return [data[edge:end] for edge, end in pairwise(edges)]


def columns(data: bytes, longest: int, longest_mean: int, few: int) -> Iterator[Columns]:
    """
    The strings that are values of the fields of one name, for each name that has several.

    First those of JSON texts, then those of JSON texts in their strings, and in the strings of these. Fields
    are told apart by the last bytes of their name. A string ends on its line, and one of a row has names of
    its own.
    """
    # The bytes around are none of those looked for, so that looking beside a place needs no thought.
    letters = np.frombuffer(bytes(_WIDTH) + data + bytes(_WIDTH), np.uint8)
    quotes = np.flatnonzero(letters == _QUOTE)
    if len(quotes) < _FEWEST_QUOTES:
        return
    newlines = np.flatnonzero(letters == _NEWLINE)
    is_escaped = letters[quotes - 1] == _BACKSLASH
    levels = [(0, quotes)]
    if is_escaped.any():
        # Pairs of backslashes before those that belong to the quote are the last characters of the string.
        counts = np.zeros_like(quotes)
        for distance in range(2, _MOST_BACKSLASHES + 2):
            counts += is_escaped
            is_escaped &= letters[np.maximum(quotes - distance, 0)] == _BACKSLASH
            if not is_escaped.any():
                break
        levels = [(slashes, quotes[counts % (2 * slashes + 2) == slashes]) for slashes in SLASHES]
    for slashes, chosen in levels:
        if len(chosen) >= _FEWEST_QUOTES:
            yield from _columns(letters, newlines, chosen, slashes, (longest, longest_mean, few))


def _columns(
    letters: _Bytes, newlines: _Places, quotes: _Places, slashes: int, bounds: _Bounds
) -> Iterator[Columns]:
    """The same for quotes with so many backslashes before them; the values of all fields in order as well."""
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
    values = np.flatnonzero(~is_name & (starts < ends) & (ends - starts <= bounds[0]))
    if len(values) < _FEWEST:
        return
    walls = newlines[letters[newlines + 1] == _WALL]
    names = names[values]
    is_own = (names >= 0) & (walls.searchsorted(starts[names]) == walls.searchsorted(starts[values]))
    hashes = np.where(is_own, _hashes(letters, starts[names], ends[names]), np.uint16(0))
    order = np.argsort(hashes, kind="stable")
    hashes = hashes[order]
    if hashes[0] != hashes[-1]:
        yield from _several(letters, starts[values], ends[values], np.zeros_like(hashes), bounds)
    yield from _several(letters, starts[values[order]], ends[values[order]], hashes, bounds)


def _hashes(letters: _Bytes, starts: _Places, ends: _Places) -> npt.NDArray[np.uint16]:
    """What tells names apart. So few bits are sorted in no time."""
    # Every byte begins a number: they overlap.
    windows: npt.NDArray[np.uint64] = np.ndarray((len(letters) - NAME_SIZE + 1,), "<u8", letters, 0, (1,))
    # The last bytes of a window are its highest ones: what stands before the name goes.
    spare = np.clip(8 * (NAME_SIZE - (ends - starts)), 0, 8 * (NAME_SIZE - 1))
    last = windows[ends - NAME_SIZE] >> spare.astype(np.uint64)
    hashes: npt.NDArray[np.uint16] = (last * _MULTIPLIER >> _SHIFT).astype(np.uint16)
    return hashes


def _several(
    letters: _Bytes, starts: _Places, ends: _Places, hashes: npt.NDArray[np.uint16], bounds: _Bounds
) -> Iterator[Columns]:
    """The fields that have several values, short ones on average or few bytes of them."""
    edges = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1]))
    counts = np.diff(np.append(edges, len(hashes)))
    totals = np.add.reduceat(ends - starts, edges)
    are_kept = (counts >= _FEWEST) & ((totals <= counts * bounds[1]) | (totals <= bounds[2]))
    if not are_kept.any():
        return
    is_kept = np.repeat(are_kept, counts)
    kept_edges = np.append(0, np.cumsum(counts[are_kept]))
    yield Columns(letters, starts[is_kept], ends[is_kept], kept_edges)

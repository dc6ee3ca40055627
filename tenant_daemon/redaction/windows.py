"""
Finding a hundred thousand literals of eight bytes at a cost that does not grow with their number.

Every place of the text is one 64-bit number, but for those where small letters follow, as they do in prose:
literals of small letters alone are few. Its product with a constant gives places in three tables, which tell
nearly all that cannot be the beginning of a literal; the few that are left are looked up. Hyperscan is faster
for some thousand literals, and slower from then on: with 200,000 it needs ten seconds to be built, half a
gigabyte meanwhile, and six times as long to search.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from tenant_daemon.redaction.engines import FEW, HyperscanLiterals

WIDTH = 8
"""Bytes of a literal that the tables are about; shorter and longer ones are left to hyperscan."""
_FIRST_BITS, _SECOND_BITS = 20, 22
"""The first table is asked for every place and fits a processor's cache; the others for what is left."""
_MULTIPLIER = np.uint64(0x9E37_79B9_7F4A_7C15)
_FIRST_SHIFT = np.uint64(64 - _FIRST_BITS)
_SECOND_SHIFT = np.uint64(64 - _FIRST_BITS - _SECOND_BITS)
_SECOND_MASK = np.uint64((1 << _SECOND_BITS) - 1)
_OTHER_MULTIPLIER = np.uint64(0xC2B2_AE3D_27D4_EB4F)
_THIRD_SHIFT = np.uint64(64 - _SECOND_BITS)
_BLOCK = 32_768
"""Places that are looked at together: so many that their numbers stay in the caches as well."""
_SHORT = 150
"""Places up to which looking each one up is quicker."""
_SMALL_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_IS_OTHER = bytes(byte not in _SMALL_LETTERS for byte in range(256))

_Numbers = npt.NDArray[np.uint64]


class TableLiterals:
    """Literals in tables. Immutable, safe to use from several threads."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        plain = {literal for literal in literals if not literal.translate(None, _SMALL_LETTERS)}
        self._is_for_all = len(plain) > FEW
        """Whether there are too many literals of small letters for a search of their own."""
        fitting = {literal for literal in literals if len(literal) == WIDTH}
        if not self._is_for_all:
            fitting -= plain
        self._numbers = {literal: number for number, literal in enumerate(literals) if literal in fitting}
        others = [number for number, literal in enumerate(literals) if literal not in fitting]
        self._others = others
        self._other_lengths = HyperscanLiterals([literals[number] for number in others])
        products = np.frombuffer(b"".join(self._numbers), "<u8") * _MULTIPLIER
        self._first = np.zeros(1 << _FIRST_BITS, np.bool_)
        self._first[_first(products)] = True
        self._second = np.zeros(1 << _SECOND_BITS, np.bool_)
        self._second[_second(products)] = True
        self._third = np.zeros(1 << _SECOND_BITS, np.bool_)
        self._third[_third(products)] = True

    def find(self, data: bytes) -> list[tuple[int, int]]:
        hits: list[tuple[int, int]] = []
        if len(data) < _SHORT:
            hits += self._found(data, range(len(data) - WIDTH + 1))
        else:
            for start in range(0, len(data) - WIDTH + 1, _BLOCK):
                self._find_block(data, start, hits)
        if self._others:
            hits.extend((self._others[index], end) for index, end in self._other_lengths.find(data))
            hits.sort(key=lambda hit: hit[1])
        return hits

    def _find_block(self, data: bytes, start: int, hits: list[tuple[int, int]]) -> None:
        size = min(_BLOCK, len(data) - WIDTH + 1 - start)
        # Every byte begins a number: they overlap.
        windows: _Numbers = np.ndarray((size,), "<u8", data, start, (1,))
        if self._is_for_all:
            asked = np.arange(size)
        else:
            asked = np.flatnonzero(_followed_by_others(data[start : start + size + WIDTH - 1]))
            windows = windows[asked]
        products = windows * _MULTIPLIER
        places = np.flatnonzero(self._first.take(_first(products)))
        products = products[places]
        chosen = np.flatnonzero(self._second.take(_second(products)))
        places = asked[places[chosen[self._third.take(_third(products[chosen]))]]]
        hits += self._found(data, (places + start).tolist())

    def _found(self, data: bytes, places: Iterable[int]) -> Iterator[tuple[int, int]]:
        numbers = self._numbers
        for place in places:
            number = numbers.get(data[place : place + WIDTH])
            if number is not None:
                yield number, place + WIDTH


def _followed_by_others(data: bytes) -> npt.NDArray[np.bool_]:
    """At which places something else than small letters is among the next ``WIDTH`` bytes."""
    flags = np.frombuffer(data.translate(_IS_OTHER), np.bool_)
    for reach in (1, 2, 4):
        flags = flags[:-reach] | flags[reach:]
    return flags


# As signed numbers, which index without being converted.
def _first(products: _Numbers) -> npt.NDArray[np.int64]:
    return (products >> _FIRST_SHIFT).view(np.int64)


def _third(products: _Numbers) -> npt.NDArray[np.int64]:
    return ((products * _OTHER_MULTIPLIER) >> _THIRD_SHIFT).view(np.int64)


def _second(products: _Numbers) -> npt.NDArray[np.int64]:
    return ((products >> _SECOND_SHIFT) & _SECOND_MASK).view(np.int64)

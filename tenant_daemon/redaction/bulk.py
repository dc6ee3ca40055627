"""What is done with whole columns at once where a text is long: numpy instead of a step for each word."""

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from tenant_daemon.redaction.tokens import PLAIN, SHORTEST, WORD

_OTHER, _PLAIN, _SPECIAL = range(3)
_KINDS = bytes(_OTHER if byte not in WORD else _PLAIN if byte in PLAIN else _SPECIAL for byte in range(256))

_FEWEST_QUOTES = 2
_Flags = npt.NDArray[np.bool_]
_Places = npt.NDArray[np.intp]

_LETTER, _COLON, _QUOTE, _BLANK, _JOINING = range(5)
_MARKS = bytearray(256)
for _kind, _bytes in (
    (_COLON, b":"),
    (_QUOTE, b"\"'`"),
    (_BLANK, b" \t\n\r\f\v"),
    (_JOINING, b"\\[](),+.&~<>|c"),
):
    for _byte in _bytes:
        _MARKS[_byte] = _kind


def places_of(data: bytes, wanted: Collection[int]) -> memoryview:
    """Where these bytes stand."""
    flags = data.translate(bytes(byte in wanted for byte in range(256)))
    return np.flatnonzero(np.frombuffer(flags, np.bool_)).data


def with_pairs(data: bytes, pairs: Sequence[tuple[bytes, bytes]]) -> bytes:
    """
    ``data`` with pairs of bytes replaced by other ones.

    All of them begin with the same byte, and none has that byte twice.
    """
    letters = np.frombuffer(data, np.uint8)
    first = np.flatnonzero(letters[:-1] == pairs[0][0][0])
    second = letters[first + 1]
    changed = letters.copy()
    for (_, written), meant in pairs:
        places = first[second == written]
        changed[places], changed[places + 1] = meant
    return changed.tobytes()


def quoted_pieces(data: bytes, longest: int, plain: bytes) -> list[tuple[int, int, int]]:
    """
    Where a literal may go on in the next one: ``(closing quote, where that begins, where it ends)``.

    By the first character between the two, which has to be white space or one of ``\\\\[](),+.&~<>|c``.
    Without those where the second is the name of a field, and those that together have nothing but ``plain``
    in them.
    """
    marks = np.frombuffer(data.translate(_MARKS) + bytes(2), np.uint8)
    quotes = np.flatnonzero(marks == _QUOTE)
    if len(quotes) < _FEWEST_QUOTES:
        return []
    # Most quotes open a literal or end a name: little else is asked about them.
    chosen = np.flatnonzero(marks[quotes[:-1] + 1] >= _BLANK)
    ends = np.append(quotes, len(data))
    behind = marks[ends[chosen + 2] + 1]
    behind = np.where(behind == _BLANK, marks[np.minimum(ends[chosen + 2] + 2, len(data))], behind)
    chosen = chosen[(behind != _COLON) | (ends[chosen + 2] - quotes[chosen + 1] > longest + 1)]
    chosen = chosen[_are_telling(data, quotes, ends[2:], chosen, plain)]
    starts = quotes[chosen + 1] + 1
    lasts = np.minimum(ends[chosen + 2], starts + longest)
    return list(zip(quotes[chosen].tolist(), starts.tolist(), lasts.tolist(), strict=True))


def _are_telling(data: bytes, quotes: _Places, ends: _Places, chosen: _Places, plain: bytes) -> _Flags:
    """Whether literals, or those that they go on in, have something else than ``plain`` in them."""
    letters = np.frombuffer(data, np.uint8)
    before = quotes[np.maximum(chosen - 1, 0)]
    others = bytes(byte not in plain for byte in range(256))
    special = np.flatnonzero(np.frombuffer(data.translate(others), np.bool_))
    is_telling = special.searchsorted(before) < special.searchsorted(ends[chosen])
    # A literal begins at the quote that is like the one that ends it.
    is_telling |= (chosen == 0) | (letters[before] != letters[quotes[chosen]])
    # Those that overlap, or meet in a literal, belong together.
    groups = np.zeros(len(chosen), np.intp)
    groups[1:] = np.cumsum(quotes[chosen[1:]] > ends[chosen[:-1]])
    return np.bincount(groups, is_telling)[groups] > 0 if len(chosen) else is_telling


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


_SHORTEST_WORD, _LONGEST_WORD = 8, 17
_CHARACTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TEXT, _CONTROL, _FOLLOWING, _LEADING, _NEVER = range(5)
"""What a byte may be in UTF-8."""
_CUT = 4
"""Bytes at the end that may be a part of a character."""


def _base64_codes() -> bytes:
    codes = bytearray(256)
    for code, byte in enumerate(_CHARACTERS):
        codes[byte] = code
    codes[ord("-")], codes[ord("_")] = 62, 63
    return bytes(codes)


def _utf8_kind(byte: int) -> int:
    if byte < 128:
        return _TEXT if 32 <= byte < 127 or byte in b"\t\n\r" else _CONTROL
    if byte < 0xC0:
        return _FOLLOWING
    return _LEADING if 0xC2 <= byte <= 0xF4 else _NEVER


_CODES = _base64_codes()
_IN_WORDS = bytes(byte in WORD for byte in range(256))
_NOT_LOWER = bytes(byte in WORD and not 97 <= byte <= 122 for byte in range(256))
_UTF8 = np.array([_utf8_kind(byte) for byte in range(256)], np.uint8)
_NOT_HEX = bytes(byte not in b"0123456789abcdefABCDEF" for byte in range(256))


def short_words(data: bytes) -> list[tuple[int, int]]:
    """
    Where words of 8 to 17 characters stand that may be text in base64 or hex, padding and all.

    Some of them are not, since they are only looked at from afar. Words in lower case are left out.
    """
    flags = np.frombuffer(data.translate(_IN_WORDS), np.bool_)
    long = flags
    for reach in (1, 2, 4):
        long = long[:-reach] & long[reach:]
    padded = np.zeros(len(long) + 2, np.bool_)
    padded[1:-1] = long
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    starts, ends = edges[::2], edges[1::2] + _SHORTEST_WORD - 1
    size = ends - starts
    near = size <= _LONGEST_WORD
    starts, ends, size = starts[near], ends[near], size[near]
    others = np.flatnonzero(np.frombuffer(data.translate(_NOT_LOWER), np.bool_))
    chosen = others.searchsorted(starts) < others.searchsorted(ends)
    starts, ends, size = starts[chosen], ends[chosen], size[chosen]
    if not len(starts):
        return []
    columns = np.minimum(starts[:, None] + np.arange(16), len(data) - 1)
    inside = np.arange(16) < size[:, None]
    not_hex = np.frombuffer(data.translate(_NOT_HEX), np.bool_)
    is_hex = ~(not_hex[columns] & inside).any(axis=1)
    codes = np.frombuffer(data.translate(_CODES), np.uint8)[columns] * inside
    kept = is_hex | _may_be_text(codes, size - (size % 4 == 1))
    marks = data + b"  "
    spans = zip(starts[kept].tolist(), ends[kept].tolist(), strict=True)
    padding = ((start, end, marks[end : end + 2]) for start, end in spans)
    whole = ((start, end + len(after) - len(after.lstrip(b"="))) for start, end, after in padding)
    return [(start, end) for start, end in whole if end - start <= _LONGEST_WORD]


def _may_be_text(codes: npt.NDArray[np.uint8], size: _Places) -> _Flags:
    """Whether these many characters of base64 may be text in UTF-8, whose last character may be cut."""
    fours = codes.reshape(len(codes), 4, 4)
    first, second, third, fourth = (fours[:, :, number] for number in range(4))
    raw = np.stack((first << 2 | second >> 4, second << 4 | third >> 2, third << 6 | fourth), axis=2)
    count = (size * 3 // 4)[:, None]
    places = np.arange(12)
    kinds = np.where(places < count, _UTF8[raw.reshape(len(codes), 12)], _TEXT)
    is_plain = (kinds != _TEXT).sum(axis=1) * 10 <= count[:, 0]
    before = np.zeros_like(kinds)
    before[:, 1:] = kinds[:, :-1]
    behind = np.zeros_like(kinds)
    behind[:, :-1] = kinds[:, 1:]
    is_wrong = (kinds == _NEVER) | ((kinds == _FOLLOWING) & (before < _FOLLOWING))
    is_wrong |= (kinds == _LEADING) & (behind != _FOLLOWING)
    is_wrong &= places < count - _CUT
    is_wrong |= kinds == _CONTROL
    return np.asarray(is_plain | ~is_wrong.any(axis=1))


_KINDS_IN_UTF8 = bytes(map(_utf8_kind, range(256)))
_MAY_BE_HEADS = bytes(byte & 7 in (3, 5) or byte in b"\x78\x1f\xfdB" for byte in range(256))
_MOST_PER_ZERO = 5


def telling_hashes(raws: Sequence[bytes], nibbles_swapped: bytes) -> list[bool]:
    """
    Which of these, 16 bytes each or more, may be text, wide text or compressed; or text, turned around.

    Some of them are not, since they are only looked at from afar. What looks like a hash hardly ever is one.
    """
    joined = b"".join(raws)
    sizes = np.fromiter(map(len, raws), np.intp, len(raws))
    starts = np.cumsum(sizes) - sizes
    letters = np.frombuffer(joined, np.uint8)
    telling = _may_be_texts(joined, sizes)
    telling |= _may_be_texts(joined[::-1].translate(nibbles_swapped), sizes[::-1])[::-1]
    telling |= np.add.reduceat(letters == 0, starts, dtype=np.intp) * _MOST_PER_ZERO >= sizes
    telling |= np.frombuffer(joined.translate(_MAY_BE_HEADS), np.bool_)[starts]
    return [bool(is_telling) for is_telling in telling]


def _may_be_texts(joined: bytes, sizes: _Places) -> _Flags:
    """Whether pieces of so many bytes each may be text in UTF-8, whose last character may be cut."""
    ends = np.cumsum(sizes)
    starts = ends - sizes
    kinds = np.frombuffer(joined.translate(_KINDS_IN_UTF8), np.uint8)
    is_plain = np.add.reduceat(kinds != _TEXT, starts, dtype=np.intp) * 10 <= sizes
    is_wrong = kinds == _NEVER
    # What stands before the first byte of a piece, or behind its last, only makes less of them wrong.
    is_wrong[1:] |= (kinds[1:] == _FOLLOWING) & (kinds[:-1] < _FOLLOWING)
    is_wrong[:-1] |= (kinds[:-1] == _LEADING) & (kinds[1:] != _FOLLOWING)
    is_wrong[(ends[:, None] - 1 - np.arange(_CUT)).ravel()] = False
    is_wrong |= kinds == _CONTROL
    return np.asarray(is_plain | ~np.logical_or.reduceat(is_wrong, starts))

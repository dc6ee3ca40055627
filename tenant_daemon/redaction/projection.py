"""
Text with everything taken out that can be slipped into a secret without changing its meaning.

The projection of a text keeps ASCII letters and digits, lower-cased, and nothing else. A secret that was
wrapped, spaced, hyphenated, quoted in pieces, upper-cased or sprinkled with zero-width characters has the
same projection as the plain one, so one search finds them all. Both the text and the secrets are projected
by the same function; that they agree matters more than that every escape is understood.
"""

import re
import string
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache

import hyperscan

from tenant_daemon.redaction.engines import PatternSet

_KEPT = frozenset((string.ascii_letters + string.digits).encode())
_DELETED = bytes(byte for byte in range(256) if byte not in _KEPT)
_LOWER = bytes(byte + 32 if 65 <= byte <= 90 else byte for byte in range(256))

_CHUNK = 1024
_FEW = 8
_OFTEN, _BYTES_PER_QUESTION = 4, 8_192
"""From so many questions on, finding all places at once is cheaper than one after the other."""
_SPACES, _OTHERS, _SHOWN = range(3)
_SHOWN_SIZE = 4

# Things written with letters or digits that show as nothing or as white space. Each is overwritten with as
# many NUL bytes, so that offsets stay the same.
_WRITTEN_NOISE = re.compile(
    # Each way begins with a letter of its own, so that the rest of a text is passed over.
    rb"\\(?:u(?:200[b-f]|202[89a-e]|206[0-9a-f]|00ad|00a0|feff|000[9ad]|0020|180e)"
    rb"|(?:e|033|x1b|u001b)\[[0-9;:]*[A-Za-z])"
    rb"|&(?:#(?:8203|8204|8205|8288|65279|173|160|10|13|32|x200[b-d];?|xad|xa0|xa|xd|x20)"
    rb"|shy|zwnj|zwj|nbsp|ZeroWidthSpace|NoBreak|NewLine|Tab);"
    rb"|%(?:20|0a|0d|09|e2%80%8[b-d]|c2%ad|ef%bb%bf)"
    rb"|\x1b(?:\[[0-9;:]*[A-Za-z]|\][^\x07\x1b\n]*(?:\x07|\x1b\\))|\^\[\[[0-9;:]*[A-Za-z]"
    rb"|<(?:/?(?:b|i|u|s|em|strong|span|wbr|br|code|tt|font|mark)(?:\s[^<>]{0,80})?/?>)",
    re.IGNORECASE,
)
# As Python shows them in a string; behind another such byte it is a part of a character of UTF-8.
_SHOWN_NOISE = re.compile(rb"(?<!\\x[89a-fA-F][0-9A-Fa-f])\\x[aA][0dD]")
_ESCAPED_SPACE = re.compile(rb"\\[fnrt]")
_NOISE_BEGINS = b"\\&%<^\x1b"
_SHORT = 2_048
"""Bytes up to which looking for these costs less than the finder below."""


def is_kept(byte: int) -> bool:
    """Whether the projection keeps this byte."""
    return byte in _KEPT


def kept_in(cleaned: bytes) -> int:
    """How many characters of a cleaned text the projection keeps."""
    return len(cleaned.translate(None, _DELETED))


def without_written_noise(data: bytes) -> bytes:
    """``data`` at the same length, with invisible things that are spelled out overwritten by NUL bytes."""
    if data.isalnum() or (len(data) < _SHORT and len(data.translate(None, _NOISE_BEGINS)) == len(data)):
        return data
    kinds = _noise_finder().find(data)
    if _SPACES in kinds:
        data = _ESCAPED_SPACE.sub(b"\0\0", data)
    if _OTHERS in kinds:
        data = _WRITTEN_NOISE.sub(lambda found: bytes(found.end() - found.start()), data)
    if _SHOWN in kinds:
        data = _SHOWN_NOISE.sub(bytes(_SHOWN_SIZE), data)
    return data


@cache
def _noise_finder() -> PatternSet:
    """Tells which of the replacements below have anything to do; most texts need none."""
    patterns = [_ESCAPED_SPACE.pattern, _WRITTEN_NOISE.pattern, rb"\\xa[0d]"]
    return PatternSet("written-noise", patterns, hyperscan.HS_FLAG_CASELESS)


def project(data: bytes) -> bytes:
    """The projection of ``data``."""
    return without_written_noise(data).translate(_LOWER, _DELETED)


def squeeze(data: bytes) -> bytes:
    """The same, with what looks like written white space left in: a blank may hide that it does."""
    return data.translate(_LOWER, _DELETED)


class Projection:
    """The projection of a text, and the way back."""

    def __init__(self, data: bytes) -> None:
        self.cleaned = without_written_noise(data)
        self.data = self.cleaned.translate(_LOWER, _DELETED)
        self._starts: list[int] | None = None
        self._asked = 0
        self._places: Sequence[int] | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where the projected characters ``[start, end)`` stand in the text; ``start < end``."""
        return self._origin_of(start), self._origin_of(end - 1) + 1

    def _origin_of(self, offset: int) -> int:
        if self._places is not None:
            return self._places[offset]
        self._asked += 1
        if self._asked > _OFTEN + len(self.cleaned) // _BYTES_PER_QUESTION:
            # Short texts, and what starts often, do without it.
            from tenant_daemon.redaction.bulk import places_of

            self._places = places_of(self.cleaned, _KEPT)
            return self._places[offset]
        # Hits are rare, so the way back is worked out only when one needs it.
        if self._starts is None:
            self._starts = _chunk_starts(self.cleaned)
        low = bisect_right(self._starts, offset) - 1
        position, left = low * _CHUNK, offset - self._starts[low]
        # Halving the chunk and counting what is kept is far cheaper than walking through it.
        size = _CHUNK
        while size > _FEW:
            size //= 2
            kept = len(self.cleaned[position : position + size].translate(None, _DELETED))
            if kept <= left:
                position += size
                left -= kept
        for place in range(position, min(position + _FEW, len(self.cleaned))):
            if self.cleaned[place] in _KEPT:
                if left == 0:
                    return place
                left -= 1
        raise IndexError(offset)


def _chunk_starts(data: bytes) -> list[int]:
    starts, total = [], 0
    for position in range(0, len(data), _CHUNK):
        starts.append(total)
        total += len(data[position : position + _CHUNK].translate(None, _DELETED))
    return starts

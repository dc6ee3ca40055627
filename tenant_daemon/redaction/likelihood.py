"""
Is a value made of words, or by chance?

In every language written in these letters, and in the names of programs, few letters follow on a given one
often, capitals begin words, and digits stand together. What a generator has drawn does not know that, so a
dozen characters nearly always tell. Passwords that people make of words are not told from names here.
"""

import re
import string
import tomllib
from importlib.resources import files
from itertools import pairwise
from typing import Final

_LEAST_PAIR: Final = -6.0
_STEP: Final = 0.4
_OF_KINDS: Final = {
    ("d", "d"): 1.5,
    ("d", "u"): -0.8,
    ("d", "l"): -0.5,
    ("u", "d"): -0.3,
    ("u", "u"): -0.1,
    ("u", "l"): 0.2,
    ("l", "d"): -2.3,
    ("l", "u"): -2.5,
    ("l", "l"): 1.1,
}
"""How much likelier a kind of character follows on another in names than by chance, in bits."""
_IN_ONE_CASE: Final = {("d", "d"): 1.5, ("d", "l"): -0.5, ("l", "d"): -2.3}
"""The same where all letters are of one case, so that their case tells nothing."""
MADE: Final = -5.0
"""Bits below which a value was made by chance: one name in a thousand, nearly all that generators make."""
SURELY_MADE: Final = -10.0
_MARKS: Final = frozenset("!#$%^&*+=?@~")
_FOR_MARK: Final = -1.5
"""Names are joined by others, ``-_./``; bits for each."""
_ODD_PART: Final = re.compile("(?:^|[^0-9A-Za-z])(?:[0-9]{1,3}[A-Za-z]|[A-Za-z](?![0-9A-Za-z]))")
_FOR_ODD_PART: Final = -1.5
"""Hardly any part of a name is one letter, or begins with a digit and goes on with letters."""
_HEX: Final = frozenset(string.hexdigits)


def _pairs() -> dict[str, float]:
    text = files("tenant_daemon.redaction").joinpath("letter_pairs.toml").read_text("utf-8")
    rows: str = tomllib.loads(text)["rows"]
    return {
        first + second: _LEAST_PAIR + _STEP * string.ascii_lowercase.index(mark)
        for first, row in zip(string.ascii_lowercase, rows.split(), strict=True)
        for second, mark in zip(string.ascii_lowercase, row, strict=True)
    }


_PAIRS: Final = _pairs()


def word_bits(value: str) -> float:
    """
    How much likelier a value is made of words than by chance, in bits; below zero it is the other way round.

    Marks that join names say nothing, and neither do letters with accents, nor what stands on either side of
    them. Hex digits are told by other means, since names have none: zero.
    """
    if _HEX.issuperset(value.replace("-", "").replace(":", "")):
        return 0.0
    in_one_case = value.islower() or value.isupper()
    of_kinds = _IN_ONE_CASE if in_one_case else _OF_KINDS
    kinds = ["d" if c.isdigit() else "u" if c.isupper() and not in_one_case else "l" for c in value]
    bits = _FOR_MARK * sum(map(_MARKS.__contains__, value[1:-1]))
    bits += _FOR_ODD_PART * len(_ODD_PART.findall(value))
    for (first, second), (kind, next_kind) in zip(pairwise(value.lower()), pairwise(kinds), strict=True):
        bits += _PAIRS.get(first + second, 0.0)
        if first.isalnum() and second.isalnum():
            bits += of_kinds.get((kind, next_kind), 0.0)
    return bits


def is_made_by_chance(value: str, bits: float = MADE) -> bool:
    """Whether a generator has drawn a value, and nobody has named anything by it."""
    return word_bits(value) <= bits

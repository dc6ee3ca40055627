"""
How a short secret looks when something stands between its characters.

Reason: few letters and digits one after the other are there by chance, so what is between them is looked at:
it has to be what nobody takes for a part of anything, or the same thing again and again.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from tenant_daemon.redaction.projection import without_written_noise

# Invisible characters, white space, and the marks with which pieces of text are joined, quoted and wrapped.
# Letters and digits never.
_SLIPPED_IN = (
    r"(?:[\s\x00-\x1f\x7f\u00a0\u00ad\u0300-\u036f\u061c\u115f\u17b4\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    r"\u3000\u3164\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef\"'`+,\\.|_/*~&<>()\[\]{}-]"
    r"|\\+[nrt]|=(?=[\r\n\\\x00])|\$(?=\s|\\+[nr]|\x00)|&gt;)*"
)
_LAST_OF_ONE_UNIT = "\uffff"
_LONGEST_GROUP = 8
"""Characters of a secret up to the first thing that stands between them."""
_LONGEST_SEPARATOR = 12
_MOST_TRIES = 64
_LEAST_TIMES, _TELLING = 2, 3
"""How often something has to stand there, but for what is so long that it is no mark of a text."""
_CASELESS, _CASELESS_WITH_DIGITS, _LEAST_DIGITS = 12, 8, 2

Span = tuple[int, int]


@lru_cache(maxsize=20_000)
def short_pattern(value: str) -> re.Pattern[str]:
    """A secret, give or take what may be slipped in; in any case where it is long enough for that."""
    # What looks like a written line break was taken out of the text, so it is taken out here.
    cleaned = without_written_noise(value.encode("utf-8", "surrogatepass")).replace(b"\0", b"")
    # How many backslashes there are says how often something was escaped, and nothing else.
    value = re.sub(r"\\{2,}", r"\\", cleaned.decode("utf-8", "surrogateescape"))
    exact = re.escape(value)
    letters = _SLIPPED_IN.join(map(_either_way, value))
    if _is_found_in_any_case(value):
        return re.compile(f"(?i:{letters})")
    return re.compile(letters if len(value) < _CASELESS_WITH_DIGITS else f"(?i:{exact})|{letters}")


def find_separated(value: str, text: str) -> Span | None:
    """Where a secret stands with one and the same thing, whatever it is, between its characters or groups."""
    for separator in dict.fromkeys(islice(_separators(value, text), _MOST_TRIES)):
        if found := _without(separator, value, text):
            return found
    return None


def _separators(value: str, text: str) -> Iterator[str]:
    """What stands in ``text`` between the first characters of a secret and the next one."""
    for size in range(1, min(_LONGEST_GROUP, len(value) - 1) + 1):
        at = text.find(value[:size])
        while at >= 0:
            for end in range(at + size + 1, min(at + size + _LONGEST_SEPARATOR, len(text) - 1) + 1):
                if text[end - 1].isalnum():
                    break
                if text[end] == value[size]:
                    yield text[at + size : end]
            at = text.find(value[:size], at + 1)


def _without(separator: str, value: str, text: str) -> Span | None:
    bare, shown = value.replace(separator, ""), text.replace(separator, "")
    is_caseless = _is_found_in_any_case(value)
    if not bare or (bare.lower() not in shown.lower() if is_caseless else bare not in shown):
        return None
    pattern = f"(?:{re.escape(separator)})*".join(map(re.escape, bare))
    found = re.search(pattern, text, re.IGNORECASE if is_caseless else 0)
    if found is None:
        return None
    times = found.group().count(separator) - value.count(separator)
    return found.span() if times >= _LEAST_TIMES or (times and len(separator) >= _TELLING) else None


def _is_found_in_any_case(value: str) -> bool:
    if len(value) >= _CASELESS:
        return True
    digits = sum(character.isdigit() for character in value)
    return len(value) >= _CASELESS_WITH_DIGITS and digits >= _LEAST_DIGITS


def _either_way(character: str) -> str:
    """A character, also as the two halves that escapes make of the rarer ones."""
    if character <= _LAST_OF_ONE_UNIT:
        return re.escape(character)
    units = character.encode("utf-16-be")
    halves = "".join(chr(int.from_bytes(units[at : at + 2], "big")) for at in (0, 2))
    written = halves.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
    return f"(?:{re.escape(character)}|{re.escape(written)})"

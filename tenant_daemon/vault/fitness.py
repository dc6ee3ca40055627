"""
Which values can be kept as secrets.

Every occurrence of a secret is redacted from everything that leaves the server. A value that is also an
ordinary word, or so short that it occurs by chance, would tear holes into all texts, so it is refused. So is
a password that everybody tries first: it protects nothing.
"""

from functools import cache
from importlib.resources import files
from typing import Final

from tenant_daemon.vault.errors import UnfitSecret

MIN_CHARACTERS: Final = 6
MIN_DIGITS: Final = 9
"""Of a value of digits alone: below that it may be a date, a price or an order number."""
MAX_BYTES: Final = 65_536


def _words(name: str) -> frozenset[str]:
    return frozenset(files("tenant_daemon.vault").joinpath(name).read_text("utf-8").split())


_OWN_WORDS: Final = _words("own_words.txt")
"""Words that our own messages are made of: taken out of them, they could not be understood any more."""

_COMMON_WORDS: Final = _words("common_words.txt")
"""Of programs, configurations and office letters, in English and German: what zxcvbn's lists leave out."""


def check_value(value: str, name: str) -> None:
    """Raise UnfitSecret, which says why, when the value cannot be kept under this name."""
    reason = _why_unfit(value)
    if not reason and _shows(name, value):
        reason = "its name shows the value, and the name stands in texts where the value must not"
    if reason:
        raise UnfitSecret(reason)


def _shows(name: str, value: str) -> bool:
    shown, hidden = ("".join(filter(str.isalnum, text.casefold())) for text in (name, value))
    return len(hidden) >= MIN_CHARACTERS and hidden in shown


def _why_unfit(value: str) -> str:
    if len(value.strip()) < MIN_CHARACTERS:
        return f"shorter than {MIN_CHARACTERS} characters: it would be cut out of ordinary texts as well"
    if len(value.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        return f"longer than {MAX_BYTES} bytes"
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        return "holds a character that no program can take"
    if value.strip().isdecimal() and len(value.strip()) < MIN_DIGITS:
        return f"fewer than {MIN_DIGITS} digits and nothing else: it could be a date or a price"
    if len(set(value.casefold())) < 3:
        return "one or two characters repeated"
    if _is_common(value):
        return "an ordinary word or name, or what everybody tries first: it would be cut out of all texts"
    return ""


def _is_common(value: str) -> bool:
    word = value.strip().casefold()
    return word in _OWN_WORDS or any(
        form in words for form in (word, word.removesuffix("s")) for words in (_COMMON_WORDS, *_frequent())
    )


@cache
def _frequent() -> tuple[frozenset[str], ...]:
    """Words, names and passwords that are used most (zxcvbn's lists)."""
    # They are 90,000: read when a value is first stored, so that nothing else pays for them.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return tuple(frozenset(words) for words in FREQUENCY_LISTS.values())

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


_PROBE: Final = 4
"""Letters and digits in a row that a text shares with whatever it shows."""


def check_value(value: str, name: str) -> None:
    """Raise UnfitSecret, which says why, when the value cannot be kept under this name."""
    reason = _why_unfit(value)
    if not reason and _shows(name, value):
        reason = (
            "its name shows the value or most of it, and the name stands in texts where the value must not"
        )
    if reason:
        raise UnfitSecret(reason)


def check_note(note: str, value: str) -> None:
    """Raise UnfitSecret when the note would tell the value: it is kept, shown and sent as it is."""
    if _shows(note, value):
        raise UnfitSecret("its note shows the value or most of it, and others can read the note")


def _shows(text: str, value: str) -> bool:
    """Whether redaction would find the value in the text: then the text could be said nowhere."""
    shown, hidden = ("".join(filter(str.isalnum, one.casefold())) for one in (text, value))
    if len(hidden) >= MIN_CHARACTERS and hidden in shown:
        return True
    if not any(hidden[at : at + _PROBE] in shown for at in range(len(hidden) - _PROBE + 1)):
        return value in text
    # Loading what searches takes longer than storing a value does.
    from tenant_daemon.redaction import KnownSecret, Redactor

    return Redactor([KnownSecret("value", value)]).knows(text)


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

"""
Passwords that a text speaks of: ``das neue Passwort für den Router ist ...``, ``setPassword("...")``.

Reason: people, programs and manuals write a password in more ways than rules can list; what they have in
common is a word for it nearby. So near such a word whatever looks chosen or made by a machine is one, unless
what stands between says that it is something else.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import hyperscan

from tenant_daemon.redaction.engines import EndFinder
from tenant_daemon.redaction.findings import Finding, Layer, placeholders, redacted
from tenant_daemon.redaction.plausibility import looks_chosen

_PLACEHOLDER = redacted("password")
_REACH = 160
"""Bytes behind the word that are looked at."""
_LONGEST_GAP = 64
_NEAR = 20
_SHORTEST = 8
_VALUE = re.compile(rb"[^\s\"'`<>|,;(){}\[\]\\]{8,128}")
_NAME_OF_VALUE = re.compile(rb"/?[A-Za-z_][\w.@-]{0,31}[:=/]|\$\{[\w.]{1,20}:-?|[:=@-]+")
_NEXT_FIELD = re.compile(rb"&(?:&|(?:amp;)?[\w.-]{1,40}=)")
"""Where a value in an address ends."""
_OTHER_WORD = re.compile(rb"[A-Za-z]{3}")
_ONLY_MARKS = re.compile(rb"(?:[^A-Za-z0-9\n]|</?[A-Za-z]{1,10}>|\\[nrt])*")
_SENTENCE_ENDS = re.compile(rb"[.?!]\s+[A-Z]")
_OF_HASH = re.compile(
    rb"(?:checksum|digest|fingerprint|sha\d{1,3}(?:sum)?)[/_. -][\w./-]{0,24}\Z", re.IGNORECASE
)
"""``checksum/secret`` is no secret but what it comes to."""
_SLUG = re.compile(rb"-[a-z]{2,}(?:-[a-z]{2,}){2}")
"""``password-manager-for-shops``: the word is part of an address or a heading."""
_BEFORE = 48
_MIXED = re.compile(rb"\d|[a-z][A-Z]{2}|[A-Z][a-z][A-Z]")
"""Hardly any value comes without."""


class AnnouncedDetector:
    """Finds what stands near a word for a password. Immutable, safe to use from several threads."""

    def __init__(self) -> None:
        words = _words()
        self._ends = EndFinder("announcing-words", words.announcing, hyperscan.HS_FLAG_CASELESS)
        self._others = re.compile(words.others, re.IGNORECASE)

    def find(self, data: bytes) -> Iterator[Finding]:
        """The passwords in ``data`` (UTF-8), whose line breaks are no longer written as escapes."""
        behind = 0
        for end in self._ends.find(data, len(data)) or ():
            if end < behind or (_OTHER_WORD.match(data, end) and data[end - 1 : end].isalnum()):
                continue
            region = data[end : end + _REACH]
            if (
                not _MIXED.search(region)
                or _SLUG.match(region)
                or _OF_HASH.search(data[max(0, end - _BEFORE) : end])
            ):
                continue
            for start, stop in self._first_value(region):
                behind = end + stop
                yield Finding(end + start, behind, Layer.PATTERN, _PLACEHOLDER)

    def _first_value(self, region: bytes) -> Iterator[tuple[int, int]]:
        limit = _end_of_lines(region)
        for found in _VALUE.finditer(region, 0, limit):
            start, stop = _without_name(region, *found.span())
            gap = region[:start]
            if start > _LONGEST_GAP or self._others.search(gap) or _SENTENCE_ENDS.search(gap):
                return
            if placeholders(gap):
                return  # That is the value.
            if region[start - 1 : start] == b"\\":
                continue  # The rest of an escape.
            value = region[start:stop].decode("utf-8", "replace")
            if len(value) >= _SHORTEST and looks_chosen(value, is_near=start <= _NEAR):
                yield start, stop
                return


def _end_of_lines(region: bytes) -> int:
    """Where the line ends; the next one, if this one has nothing but marks behind the word."""
    end = region.find(b"\n")
    if end < 0:
        return len(region)
    if not _ONLY_MARKS.fullmatch(region, 0, end):
        return end
    start = end + len(region[end:]) - len(region[end:].lstrip())
    next_end = region.find(b"\n", start)
    return next_end if next_end >= 0 else len(region)


def _without_name(region: bytes, start: int, stop: int) -> tuple[int, int]:
    """A value without the name and the marks in front of it, and without what ends a sentence."""
    while (name := _NAME_OF_VALUE.match(region, start, stop)) and name.end() < stop:
        start = name.end()
    if found := _NEXT_FIELD.search(region, start, stop):
        stop = found.start()
    return start, start + len(region[start:stop].rstrip(b".:*_~"))


class _Words:
    def __init__(self, data: dict[str, object]) -> None:
        words, short = (_alternatives(data[name]) for name in ("words", "short"))
        self.announcing = b"(?:" + words + b")|(?:^|[^A-Za-z0-9+/])(?:" + short + b")[^A-Za-z0-9+/]"
        others = b"|".join(word.encode() for word in str(data["others"]).split())
        self.others = rb"(?:^|[^a-z])(?:" + others + rb")(?:[^a-z]|$)"


def _alternatives(words: object) -> bytes:
    if not isinstance(words, list):
        raise TypeError("announcing words are lists")
    # The finder knows upper and lower case of ASCII letters only.
    spellings = {spelling for word in words for spelling in (word, word.capitalize(), word.upper())}
    spellings = {spelling for spelling in spellings if not spelling.isascii()} | set(words)
    return b"|".join(re.escape(spelling).encode() for spelling in sorted(spellings))


@cache
def _words() -> _Words:
    text = files("tenant_daemon.redaction").joinpath("announcing_words.toml").read_text("utf-8")
    return _Words(tomllib.loads(text))

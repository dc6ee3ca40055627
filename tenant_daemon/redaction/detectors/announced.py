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

from tenant_daemon.redaction.calls import is_called
from tenant_daemon.redaction.detectors.near import OTHER_WORDS
from tenant_daemon.redaction.engines import EndsFinder
from tenant_daemon.redaction.findings import Finding, Layer, placeholders, redacted
from tenant_daemon.redaction.plausibility import looks_chosen, looks_like_phrase, looks_like_words

_PLACEHOLDER = redacted("password")
_REACH = 160
"""Bytes behind the word that are looked at."""
_LONGEST_GAP = 64
_NEAR = 20
_SHORTEST, _LONGEST = 8, 128
_VALUE = re.compile(rb"[^\s\"'`<>|,;(){}\[\]\\]{8,128}")
_GOES_ON = re.compile(rb"[A-Za-z0-9+/_-]")
_REST_OF_NAME = re.compile(
    rb"(?:[._][A-Za-z]{1,16}){1,4}(?=[\s=:\"'\])+])|(?:[._](?:access|key|base|token|api|value|hash)){1,3}",
    re.IGNORECASE,
)
"""``SECRET_KEY``: the name goes on behind the word."""
_NAME_OF_VALUE = re.compile(rb"[/+]?[A-Za-z_][\w.@-]{0,31}[:=/]|\$\{[\w.]{1,20}:-?|[?:]?=|[:=@-]+")
_NEXT_FIELD = re.compile(rb"&(?:&|(?:amp;)?[\w.-]{1,40}=)")
"""Where a value in an address ends."""
_CUT_ENTITY = re.compile(r"&#[xX]?[0-9A-Fa-f]{1,6}\Z")
_IDEOGRAM = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}")
"""Chinese and Japanese have no blanks between words and a value."""
_QUOTES = re.compile(rb"(?:\xe2\x80[\x98-\x9f]|\xc2[\xab\xbb])+")
_OTHER_WORD = re.compile(rb"[A-Za-z]{3}|V\d{1,2}[A-Z]?[a-z]")
_LEADS_ON = re.compile(rb"(?:[^A-Za-z0-9\n;})]|</?[A-Za-z]{1,10}>|\\[nrt])*")
"""Marks between a word and the line with its value; not those that end a statement."""
_OBJECT_ENDS = re.compile(rb"[\"']\s{0,4}\}\s{0,4}[,\]}]")
_IS_NAME = re.compile(rb"\\?[\"']\s{0,20}(?:=>|:(?!:))")
"""Behind it stands what it names: ``"password_of_whom": "..."``."""
_SENTENCE_ENDS = re.compile(rb"[.?!]\s+[A-Z]")
_OF_HASH = re.compile(
    rb"(?:checksum|digest|fingerprint|sha\d{1,3}(?:sum)?)[/_. -][\w./-]{0,24}\Z", re.IGNORECASE
)
"""``checksum/secret`` is no secret but what it comes to."""
_OF_FILE = re.compile(rb"(?:(?:\A|[\s\"'=(])/|/[\w.@+-]{1,60}/)[\w./@+-]*\Z")
"""``/etc/pam.d/passwd`` is the name of a file; behind it stands what it comes to."""
_LONGEST_PATH = 96
_OF_RESOURCE = re.compile(rb"arn:[\w:/-]{5,90}\Z")
"""``arn:aws:secretsmanager:...:secret`` is the name of one."""
_SEALED = re.compile(rb"[\s:=\"']{0,6}ENC\[")
"""Encrypted by a tool for files of settings."""
_PASSWORD = re.compile(
    rb"(?:pass(?:[ -]?(?:word|phrase|code)|wor[td]|wd|e)?|kennwort|wachtwoord|pwd?|senha|hes?lo"
    rb"|contrase(?:n|\xc3\xb1)a|ordine|has(?:l|\xc5\x82)o)[^A-Za-z0-9]?\Z",
    re.IGNORECASE,
)
"""Words behind which a few words may be the password itself."""
_SLUG = re.compile(
    rb"-(?:[a-z]{2,}(?:-[a-z]{2,})*/|[a-z]{3,}\.[a-z]{2,4}(?:[?#\s\"']|\Z))|-(?:[a-z]{2,}(?:-[a-z]{2,}){2}|[a-z]{3,}-[a-z]{3,}|[A-Z][a-z]{3,}-)|\+[A-Za-z]{2,}(?:[+&\s]|$)"
)
"""``password-manager-for-shops``, ``Passwort-Richtlinie-``: the word is part of an address or a heading."""
_NAME_OF_RESOURCE = re.compile(rb"[\w\"'=: ]{0,24}arn:aws")
_OF_ADDRESS = re.compile(rb"[})\]>\"']{0,3}@[A-Za-z0-9$({\[]")
"""``://user:${PASSWORD}@host``: the word is the password of an address itself."""
_GIVEN = re.compile(rb"[^A-Za-z]*(?:(?:is|ist|lautet|est|es|now|jetzt|neu|new)[^A-Za-z]*)?", re.IGNORECASE)
"""What may stand between the word and words as its value."""
_BEFORE, _LONGEST_RESOURCE = 48, 96
_MIXED = re.compile(rb"\d|[a-z][A-Z]{2}|[A-Z][a-z][A-Z]")
"""Hardly any value comes without."""


_JOINTS, _LEAST_JOINTS, _JOINED_WITHIN = (b"-", b"_"), 3, 72


class AnnouncedDetector:
    """Finds what stands near a word for a password. Immutable, safe to use from several threads."""

    def __init__(self) -> None:
        words = _words()
        self._ends = EndsFinder(
            "announcing-words", [words.announcing, OTHER_WORDS], hyperscan.HS_FLAG_CASELESS
        )
        self._others = re.compile(words.others, re.IGNORECASE)

    def ends(self, data: bytes) -> list[list[int]]:
        """Where the words end that announce a password, and those that announce another secret."""
        return self._ends.find(data)

    def find(self, data: bytes, ends: list[int]) -> Iterator[Finding]:
        """
        The passwords in ``data`` (UTF-8), whose line breaks are no longer written as escapes.

        Args:
            ends: What ``ends`` gives for the same data, of the words for a password.
        """
        behind = 0
        for end in ends:
            if end < behind or (_OTHER_WORD.match(data, end) and data[end - 1 : end].isalnum()):
                continue
            region = data[end : end + _REACH]
            if (
                not (_MIXED.search(region) or _may_be_words(region))
                or _OF_ADDRESS.match(region)
                or _SLUG.match(region)
                or _SEALED.match(region)
                or _NAME_OF_RESOURCE.match(region)
                or _OF_HASH.search(data[max(0, end - _BEFORE) : end])
                or (region[:1] in b" \t_/s" and _is_in_path(data[max(0, end - _LONGEST_PATH) : end], region))
                or (
                    data.rfind(b"arn:", max(0, end - _LONGEST_RESOURCE), end) >= 0 and _is_resource(data, end)
                )
            ):
                continue
            for start, stop in self._first_value(data, end, region):
                behind = end + stop
                yield Finding(end + start, behind, Layer.PATTERN, _PLACEHOLDER)

    def _first_value(self, data: bytes, end: int, region: bytes) -> Iterator[tuple[int, int]]:
        limit = _end_of_lines(region)
        name = _REST_OF_NAME.match(region)
        for found in _VALUE.finditer(region, name.end() if name else 0, limit):
            if found.end() - found.start() == _LONGEST and _GOES_ON.match(data, end + found.end()):
                return  # A key or a file that others read as a whole.
            start, stop = _without_name(region, *found.span())
            gap = region[:start]
            if start > _LONGEST_GAP or self._others.search(gap) or _SENTENCE_ENDS.search(gap):
                return
            if b"}" in gap and _OBJECT_ENDS.search(gap):
                return
            if placeholders(gap):
                return  # That is the value.
            if region[start - 1 : start] == b"\\":
                continue  # The rest of an escape.
            value = region[start:stop].decode("utf-8", "replace")
            # Where a reading has put lines together, a hash may stand directly behind a name.
            is_near = _letters(gap) <= _NEAR and not (name and start == name.end())
            if len(value) < _SHORTEST:
                continue
            if b"\n" in gap and value[0] == "#" and not looks_chosen(value.lstrip("#")):
                continue  # A setting that is off, on the next line.
            if _CUT_ENTITY.search(value):
                continue  # The reading without escapes has the whole of it.
            if is_called(data, end + start, end + stop) or _IS_NAME.match(data, end + stop):
                continue
            if _is_loud_word(value) and not _GIVEN.fullmatch(gap):
                continue
            if looks_chosen(value, is_near=is_near) or (
                is_near
                and (looks_like_phrase(value) or (looks_like_words(value) and _GIVEN.fullmatch(gap)))
                and _PASSWORD.search(data, max(0, end - _BEFORE), end)
            ):
                yield start, stop
                return


def _is_in_path(before: bytes, region: bytes) -> bool:
    """Whether the word is part of the name of a file, or of a resource, ``.../db-password/3f9c``."""
    if region[:1] == b"s":
        region = region[1:]  # ``.../secrets/mailer/3f9c``
    if region[:1] == b"/" and b"://" in before:
        return False  # A link may let in whoever has it.
    return region[:1] in b" \t_/" and _OF_FILE.search(before) is not None


def _letters(gap: bytes) -> int:
    return len(gap) if gap.isascii() else len(gap.decode("utf-8", "replace"))


def _is_loud_word(value: str) -> bool:
    """``günstiger!`` is a password behind a colon, and a word in a sentence."""
    return value[-1:] in "!?" and value[:-1].isalpha() and value.islower()


def _is_resource(data: bytes, end: int) -> bool:
    return _OF_RESOURCE.search(data[max(0, end - _LONGEST_RESOURCE) : end]) is not None


def _may_be_words(region: bytes) -> bool:
    return any(region.count(joint, 0, _JOINED_WITHIN) >= _LEAST_JOINTS for joint in _JOINTS)


def _end_of_lines(region: bytes) -> int:
    """
    Where the line ends; the next one, if this one has nothing but marks behind the word.

    Behind an empty line something else begins, unless a colon says that the value comes.
    """
    end = region.find(b"\n")
    if end < 0:
        return len(region)
    if not _LEADS_ON.fullmatch(region, 0, end):
        return end
    start = end + len(region[end:]) - len(region[end:].lstrip())
    if b"\n" in region[end + 1 : start] and b":" not in region[:end]:
        return end
    next_end = region.find(b"\n", start)
    return next_end if next_end >= 0 else len(region)


def _without_name(region: bytes, start: int, stop: int) -> tuple[int, int]:
    """A value without the name and the marks in front of it, and without what ends a sentence."""
    while (name := _NAME_OF_VALUE.match(region, start, stop)) and name.end() < stop:
        start = name.end()
    if found := _NEXT_FIELD.search(region, start, stop):
        stop = found.start()
    if not region.isascii():
        start, stop = _without_foreign_marks(region, start, stop)
    return start, start + len(region[start:stop].rstrip(b".:*_~"))


def _without_foreign_marks(region: bytes, start: int, stop: int) -> tuple[int, int]:
    if quote := _QUOTES.match(region, start, stop):
        start = quote.end()
    while start < stop and (letter := _IDEOGRAM.match(region, start, stop)):
        start = letter.end()
    if found := _IDEOGRAM.search(region, start, stop) or _QUOTES.search(region, start, stop):
        stop = found.start()
    return start, stop


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

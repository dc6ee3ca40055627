"""
Secrets that the projection cannot see, since they have hardly any ASCII letters or digits.

Reason: a passphrase in Cyrillic, Greek or Chinese is as good as any other. Where the vault holds one, texts
that are not ASCII are folded (letters of every script in one case, nothing between them) and searched for it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import AnyStr

from tenant_daemon.contracts.references import reference_to
from tenant_daemon.redaction.findings import Finding, Layer
from tenant_daemon.redaction.projection import without_written_noise
from tenant_daemon.redaction.text_size import size_of

_BETWEEN = re.compile(r"[\W_]+")
_SHORTEST = 5
_MOST = 0.75
"""The share of a secret that counts as revealing it."""
_LONGEST_TAIL = 4_096
_SLIPPED_IN = bytes([*range(33), 127, *range(128, 256)]) + b"\"'`+,\\.|_/*~<>()[]-"
_SHORTEST_SQUEEZED = 4
_LONGEST_SQUEEZED_TAIL = 128
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_FEW = 100
"""Secrets up to which the wide encodings are searched for as well."""

_Word = tuple[str, str]
"""Name of a secret, and a folded form of it."""


class FoldedSecrets:
    """Finds the given ``(name, value)``. Immutable."""

    def __init__(self, secrets: Sequence[tuple[str, str]], pattern: Callable[[str], re.Pattern[str]]) -> None:
        """``pattern`` tells how a short secret looks with something slipped in."""
        self._pattern = pattern
        squeezed = [
            (name, shown, _squeezed(shown.encode("utf-8", "surrogatepass")))
            for name, value in secrets
            for shown in (value, value[::-1])
        ]
        self._squeezed = [one for one in squeezed if len(one[2]) >= _SHORTEST_SQUEEZED]
        encodings = _ENCODINGS if len(secrets) <= _FEW else _ENCODINGS[:1]
        self._exact = [(name, value.encode(e, "surrogatepass")) for name, value in secrets for e in encodings]
        folded = [(name, _fold(value)) for name, value in secrets]
        self._words: list[_Word] = [word for word in folded if len(word[1]) >= _SHORTEST]
        self._forms = self._words + [(name, word[::-1]) for name, word in self._words]

    def __bool__(self) -> bool:
        return bool(self._exact)

    def find(self, data: bytes) -> Iterator[Finding]:
        """Where they stand in ``data`` (UTF-8)."""
        for name, raw in self._exact:
            start = data.find(raw)
            while start >= 0:
                yield Finding(start, start + len(raw), Layer.KNOWN, reference_to(name))
                start = data.find(raw, start + len(raw))
        if self._squeezed:
            yield from self._find_squeezed(data)
        if self._forms and not data.isascii():
            yield from self._find_folded(data.decode("utf-8", "surrogateescape"))

    def _find_squeezed(self, data: bytes) -> Iterator[Finding]:
        """Short ones that have hardly any letters, with blanks and marks between what they have."""
        squeezed = _squeezed(data)
        found = [(name, value) for name, value, word in self._squeezed if word in squeezed]
        if not found:
            return
        text = data.decode("utf-8", "surrogateescape")
        for name, value in found:
            for match in self._pattern(value).finditer(text):
                start = size_of(text[: match.start()])
                size = size_of(match.group())
                yield Finding(start, start + size, Layer.KNOWN, reference_to(name))

    def open_end(self, data: bytes) -> int | None:
        """Where one may begin whose end is not in ``data`` yet; None when nothing is open."""
        squeezed = self._open_squeezed(data)
        folded = self._open_folded(data)
        return min((place for place in (squeezed, folded) if place is not None), default=None)

    def _open_squeezed(self, data: bytes) -> int | None:
        tail = data[-_LONGEST_SQUEEZED_TAIL:] if self._squeezed else b""
        squeezed = _squeezed(tail)
        longest = max((_overlap(squeezed, word) for *_, word in self._squeezed), default=0)
        start = len(data)
        while longest:
            start -= 1
            longest -= data[start] not in _SLIPPED_IN
        return start if start < len(data) else None

    def _open_folded(self, data: bytes) -> int | None:
        shift = max(0, len(data) - _LONGEST_TAIL)
        if not self._words or data[shift:].isascii():
            return None
        text = data[shift:].decode("utf-8", "surrogateescape")
        folded = _fold(text)
        longest = max((_overlap(folded, word) for _, word in self._forms), default=0)
        return shift + _places(text)[len(folded) - longest][0] if longest else None

    def _find_folded(self, text: str) -> Iterator[Finding]:
        folded = _fold(text)
        places: list[tuple[int, int]] = []
        for name, word in self._forms:
            beginning = word[: max(_SHORTEST, round(len(word) * _MOST))]
            start = folded.find(beginning)
            while start >= 0:
                places = places or _places(text)
                end = start + len(beginning)
                while end - start < len(word) and folded[end : end + 1] == word[end - start]:
                    end += 1
                yield Finding(places[start][0], places[end - 1][1], Layer.KNOWN, reference_to(name))
                start = folded.find(beginning, end)


def _squeezed(data: bytes) -> bytes:
    return without_written_noise(data).translate(None, _SLIPPED_IN)


def _fold(text: str) -> str:
    return _BETWEEN.sub("", text.casefold())


def _places(text: str) -> list[tuple[int, int]]:
    """Where each character of the folded text begins and ends in the UTF-8 of ``text``."""
    places: list[tuple[int, int]] = []
    position = 0
    for character in text:
        end = position + size_of(character)
        places += [(position, end)] * len(_fold(character))
        position = end
    return places


def _overlap(text: AnyStr, word: AnyStr) -> int:
    """How many characters at the end of ``text`` are the beginning of ``word``."""
    return next((n for n in range(min(len(word), len(text)), 0, -1) if text.endswith(word[:n])), 0)

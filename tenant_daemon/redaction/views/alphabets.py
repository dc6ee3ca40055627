"""Text in signs that stand for letters or bytes: braille, flags, letters on their heads, invisible bits."""

import re
from collections.abc import Callable, Iterator

from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.text_size import size_of
from tenant_daemon.redaction.views.view import Parts, View

_SHORTEST = 8
_BRAILLE, _CAPITAL, _NUMBER = 0x2800, 0x20, 0x3C
_DOTS = (1, 3, 9, 25, 17, 11, 27, 19, 10, 26, 5, 7, 13, 29, 21, 15, 31, 23, 14, 30, 37, 39, 58, 45, 61, 53)
_LETTERS = dict(zip(_DOTS, "abcdefghijklmnopqrstuvwxyz", strict=True))
_DIGITS = dict(zip(_DOTS, "1234567890", strict=False))
_FLAG_A = 0x1F1E6
_TAGS = 0xE0000
_FIRST_SELECTORS, _MORE_SELECTORS = 0xFE00, 0xE0100
_FLIPPED = dict(zip("ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz", "abcdefghijklmnopqrstuvwxyz", strict=True))
_FLIP = "ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎ"
_LEAST_BITS = 64
_JOINER = re.compile(r"[\u200b-\u200d\u2060 \ufe0f\u20e3]")
_ASCII = bytes(range(128))
_SOME = re.compile(
    f"[\u2800-\u28ff\U0001f1e6-\U0001f1ff\ufe00-\ufe0f\U000e0020-\U000e007e\U000e0100-\U000e01ef{_FLIP}]"
)

_Meaning = str | list[str]
"""What a run stands for: as a whole, or for each sign of it."""


def read_alphabets(view: View) -> View | None:
    """What such signs stand for; None when there are none."""
    if view.data.isascii():
        return None
    # The other letters side by side: most texts have only quotes, dashes and umlauts among them.
    others = view.data.translate(None, _ASCII).decode("utf-8", "surrogateescape")
    if len(others) < _LEAST_BITS and not _SOME.search(others):
        return None
    text = view.data.decode("utf-8", "surrogateescape")
    parts = Parts()
    for pattern, read in _RUNS:
        for found in pattern.finditer(text):
            for meaning in read(found.group()):
                if len(meaning) >= _SHORTEST:
                    _add(parts, meaning, found.group(), size_of(text[: found.start()]))
    return View(parts, view) if parts else None


def _add(parts: Parts, meaning: _Meaning, run: str, start: int) -> None:
    if isinstance(meaning, str):
        end = start + size_of(run)
        parts.add(meaning.encode("utf-8", "ignore"), start, end)
    else:
        # Sign by sign: what is only text stands behind such signs as well, and is no part of a secret in it.
        for letter, sign in zip(meaning, run, strict=True):
            end = start + size_of(sign)
            parts.add(letter.encode("utf-8", "ignore"), start, end)
            start = end
    parts.add(SEPARATOR, end, end)


def _braille(run: str) -> Iterator[_Meaning]:
    codes = [ord(sign) - _BRAILLE if sign >= "\u2800" else -ord(sign) for sign in run]
    yield [chr(code) if code >= 0 else "" for code in codes]
    letters: list[str] = []
    mark = 0
    for code in codes:
        if code in (_CAPITAL, _NUMBER):
            mark = code
            letters.append("")
            continue
        if code < 0:
            letters.append(chr(-code))
        elif mark == _NUMBER:
            letters.append(_DIGITS.get(code, ""))
        else:
            letter = _LETTERS.get(code, "")
            letters.append(letter.upper() if mark == _CAPITAL else letter)
        mark = 0
    yield letters


def _flags(run: str) -> Iterator[_Meaning]:
    yield ["" if _JOINER.match(sign) else _letter(sign) for sign in run]


def _letter(sign: str) -> str:
    return chr(ord(sign) - _FLAG_A + ord("A")) if ord(sign) >= _FLAG_A else sign


def _selectors(run: str) -> Iterator[_Meaning]:
    codes = (ord(sign) for sign in run)
    raw = bytes(
        code - _FIRST_SELECTORS if code < _MORE_SELECTORS else code - _MORE_SELECTORS + 16 for code in codes
    )
    yield raw.decode("utf-8", "replace")


def _tags(run: str) -> Iterator[_Meaning]:
    yield "".join(chr(ord(sign) - _TAGS) for sign in run)


def _flipped(run: str) -> Iterator[_Meaning]:
    yield "".join(_FLIPPED.get(sign, sign) for sign in run[::-1])


def _bits(run: str) -> Iterator[_Meaning]:
    if len(set(run)) != 2:
        return
    one, other = dict.fromkeys(run)
    for zero in (one, other):
        bits = "".join("0" if sign == zero else "1" for sign in run)
        for width in (8, 7):
            codes = [int(bits[at : at + width], 2) for at in range(0, len(bits) - width + 1, width)]
            if all(9 <= code < 127 for code in codes):
                yield "".join(map(chr, codes))


_RUNS: tuple[tuple[re.Pattern[str], Callable[[str], Iterator[_Meaning]]], ...] = (
    (re.compile(r"[\u2800-\u28ff][\u2800-\u28ff!-~]{7,}"), _braille),
    (
        re.compile(
            r"[\U0001f1e6-\U0001f1ff]"
            r"(?:[\u200b-\u200d\u2060 \ufe0f\u20e3]{0,4}[!-~\U0001f1e6-\U0001f1ff]){7,}"
        ),
        _flags,
    ),
    (re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]{8,}"), _selectors),
    (re.compile(rf"(?<![!-~{_FLIP}])[!-~{_FLIP}]*[{_FLIP}][!-~{_FLIP}]*"), _flipped),
    (re.compile(r"[\U000e0020-\U000e007e]{8,}"), _tags),
    (re.compile(r"[^\w\n]{64,}"), _bits),
)

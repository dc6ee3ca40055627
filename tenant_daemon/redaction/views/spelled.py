"""
Characters written as words, as people read them out: ``golf hotel papa``, ``capital A, three``, Morse code.

In English and in German. Also their codes as words, ``one hundred three``. Which letters are capitals is
often not said; the vault's secrets are found either way.
"""

import re
from collections.abc import Iterator

import re2

from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.signs import SPOKEN_WORDS, Sign
from tenant_daemon.redaction.views.view import Parts, Span, View

_SHORTEST = 8
_WORD_RUN = re.compile(
    rb"(?i)(?:(?<![A-Za-z0-9])(?:" + SPOKEN_WORDS + rb"|[!-~])(?![A-Za-z0-9])[^A-Za-z0-9]{0,3}){8,}"
)
_OPTIONS = re2.Options()
_OPTIONS.encoding = re2.Options.Encoding.LATIN1
# What runs worth reading have, found in a fiftieth of the time: some letters or digits, marks between them.
_LIKE_RUN = re2.compile(rb"(?i)(?:(?:" + SPOKEN_WORDS + rb"|[A-Za-z0-9])[^A-Za-z0-9]{1,12}){5}", _OPTIONS)
_WORD = re.compile(
    rb"(?i)(?<![A-Za-z0-9])(?:"
    + SPOKEN_WORDS
    + rb"|[A-Za-z0-9])(?![A-Za-z0-9])|(?<![!-~])[!-/:-@\[-`{-~](?![!-~])"
)
_MORSE_RUN = re.compile(rb"(?:(?<![.\w-])|(?<=[ |/]))[.-]{1,7}(?:[ |/]{1,3}[.-]{1,7}){7,}(?![.-])")
_MORSE_LETTER = re.compile(rb"[.-]+")
_NATO = (
    "alfa bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa "
    "quebec romeo sierra tango uniform victor whiskey xray yankee zulu"
)
_GERMAN = (
    "anton aachen berta berlin cäsar caesar chemnitz dora düsseldorf duesseldorf emil essen friedrich"
    " frankfurt gustav goslar heinrich hamburg ida ingelheim julius jena kaufmann konrad köln koeln"
    " ludwig leipzig martha marta münchen muenchen nordpol nürnberg nuernberg otto offenbach paula"
    " potsdam quelle quickborn richard rostock samuel siegfried salzwedel theodor tübingen tuebingen"
    " ulrich unna viktor völklingen voelklingen wilhelm wuppertal xanthippe xaver xanten ypsilon"
    " zacharias zwickau"
)
"""DIN 5009, of 2022 and before."""
_GERMAN_DIGITS = "null eins zwei drei vier fünf sechs sieben acht neun"
_DIGITS = "zero one two three four five six seven eight nine"
_SYMBOLS = (
    "- dash hyphen minus . dot period point _ underscore / slash + plus = equals : colon @ at ! bang"
    " exclamation $ dollar ? question # hash * star % percent & ampersand"
    " - bindestrich . punkt _ unterstrich / schrägstrich schraegstrich = gleich : doppelpunkt"
    " ! ausrufezeichen ? fragezeichen # raute * stern"
)


def _meanings() -> dict[str, str]:
    meanings = {word: word[0] for word in f"{_NATO} alpha juliet whisky {_GERMAN}".split()} | {"x-ray": "x"}
    for digits in (_DIGITS, _GERMAN_DIGITS):
        meanings |= {word: str(number) for number, word in enumerate(digits.split())}
    meanings |= {"fuenf": "5", "zwo": "2"}
    sign = ""
    for word in _SYMBOLS.split():
        if len(word) == 1:
            sign = word
        else:
            meanings[word] = sign
    return meanings


_MEANINGS = _meanings()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBERS = {
    **{word: number for number, word in enumerate(_DIGITS.split())},
    **{word: number for number, word in enumerate(_TEENS.split(), 10)},
    **{word: number * 10 for number, word in enumerate(_TENS.split(), 2)},
}
_HUNDRED = "hundred"
_FOR_CAPITALS = (
    "capital cap upper uppercase big groß großes großer gross grosses grosser großbuchstabe grossbuchstabe"
)
_FOR_SMALL = "small lower lowercase letter number digit sign klein kleines kleiner kleinbuchstabe"
_CAPITAL, _SMALL = frozenset(_FOR_CAPITALS.split()), frozenset(_FOR_SMALL.split())
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-_./+=:@!$?"
_CODES = (
    ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- "
    "--.. ----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----. -....- ..--.- .-.-.- -..-. .-.-. -...- "
    "---... .--.-. -.-.-- ...-..- ..--.."
)
_MORSE = {code.encode(): letter.encode() for code, letter in zip(_CODES.split(), _LETTERS, strict=True)}

_Letter = tuple[bytes, Span]
"""A character, and where the word for it stands."""


def read_spelled(view: View) -> View | None:
    """The characters behind the words; None when there are none."""
    if Sign.SPELLED not in view.signs:
        return None
    parts = Parts()
    for run in _WORD_RUN.finditer(view.data) if _LIKE_RUN.search(view.data) else ():
        words = [(found.group().decode(), found.span()) for found in _WORD.finditer(run.group())]
        for letters in (_letters(words), _code_letters(words, run.group())):
            _add(parts, list(letters), run.start())
    for run in _MORSE_RUN.finditer(view.data):
        found = ((_MORSE.get(code.group(), b""), code.span()) for code in _MORSE_LETTER.finditer(run.group()))
        _add(parts, list(found), run.start())
    return View(parts, view) if parts else None


def _add(parts: Parts, letters: list[_Letter], offset: int) -> None:
    if sum(letter != b"" for letter, _ in letters) < _SHORTEST:
        return
    for letter, (start, end) in letters:
        parts.add(letter, offset + start, offset + end)
    last = offset + letters[-1][1][1]
    parts.add(SEPARATOR, last, last)


def _letters(words: list[tuple[str, Span]]) -> Iterator[_Letter]:
    is_capital = False
    start: int | None = None
    for word, (low, high) in words:
        small = word.lower()
        if small in _CAPITAL or small in _SMALL:
            is_capital = small in _CAPITAL
            start = low
            continue
        letter = word if len(word) == 1 else _MEANINGS.get(small, "")
        if letter and (is_capital or (len(word) > 1 and word.isupper())):
            letter = letter.upper()
        yield letter.encode(), (low if start is None else start, high)
        is_capital, start = False, None


def _code_letters(words: list[tuple[str, Span]], run: bytes) -> Iterator[_Letter]:
    """``one hundred three, one hundred four``: codes of characters, with a mark after each number."""
    number, begin = 0, -1
    for at, (word, (low, high)) in enumerate(words):
        small = word.lower()
        if small == _HUNDRED:
            number = max(number, 1) * 100
        elif small in _NUMBERS:
            number += _NUMBERS[small]
        else:
            return
        begin = low if begin < 0 else begin
        next_low = words[at + 1][1][0] if at + 1 < len(words) else len(run)
        if run[high:next_low].strip(b" -") or at + 1 == len(words):
            if not 32 <= number < 127:
                return
            yield bytes([number]), (begin, high)
            number, begin = 0, -1

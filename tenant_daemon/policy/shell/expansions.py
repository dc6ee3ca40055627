"""
The few things that we compute in a word ourselves, as a shell would.

While a text is parsed each of them becomes a placeholder of private-use characters, which ``screening`` lets
nobody else use. What stands there is filled in before the word is judged, so what is judged is what runs.
"""

import itertools
import re
import string
from collections.abc import Callable, Mapping
from typing import Final

from tenant_daemon.policy.shell import arithmetic, parameters, references

HOME: Final = "\ue010"
FOLDER: Final = "\ue011"
"""``$PWD``."""
_VARIABLE_OPEN, _VARIABLE_CLOSE = "\ue012", "\ue013"
_OUTPUT_OPEN, _OUTPUT_CLOSE = "\ue014", "\ue015"
_BARE_OPEN, _BARE_CLOSE = "\ue016", "\ue017"
OUTPUT_SIGNS: Final = (_OUTPUT_OPEN, _BARE_OPEN)
EXIT_CODE: Final = "\ue018"
"""``$?``, put in while the command runs."""
_SUM_OPEN, _SUM_CLOSE = "\ue019", "\ue01a"
CHANGE: Final = "\ue01b"
"""Between a variable's name and what is done with its value."""
_LINE_OPEN, _LINE_CLOSE = "\ue01c", "\ue01d"
"""A part of a line that a loop reads, put in while it runs."""
_FILE_OPEN, _FILE_CLOSE = "\ue01e", "\ue01f"
"""A file with what ``<(...)`` prints."""
_ANY: Final = re.compile("[\ue010-\ue01f]")
_PRIVATE: Final = re.compile("[\ue000-\uf8ff]")
_VARIABLE: Final = re.compile("\ue012([A-Za-z0-9_]+(?:\\[(?:[@#*]|[0-9]+)\\])?)(?:\ue01b([^\ue013]*))?\ue013")
_COUNT: Final = re.compile("\ue012([A-Za-z0-9_]+)\\[#\\]\ue013")
_ARRAY: Final = re.compile("\ue012([A-Za-z0-9_]+)\\[@\\]\ue013")
_SUM: Final = re.compile("\ue019([^\ue01a]*)\ue01a")
PLAIN_NAME: Final = "="
"""In place of a change: what comes in has to be a plain name."""
LINE: Final = re.compile("\ue01c([0-9]+)(?:\ue01b([^\ue01d]*))?\ue01d")
"""A part of a line, perhaps changed."""
_OUTPUT: Final = re.compile("[\ue014\ue016]([0-9]+)[\ue015\ue017]")
_FILE: Final = re.compile("\ue01e([0-9]+)\ue01f")
_PLACEHOLDERS: Final = re.compile("[\ue000-\uf8ff]+")
_ONE_BARE: Final = re.compile("\ue016([0-9]+)\ue017")

OF_THE_SERVER: Final = frozenset({"USER", "LOGNAME", "HOSTNAME", "PATH", "SHELL", "LANG"})
"""Variables that every shell has, and that a line can read and not set."""

MAX_BRACE_WORDS: Final = 60
_NUMBERS: Final = re.compile(r"(-?\d{1,6})\.\.(-?\d{1,6})")
_LETTERS: Final = re.compile(r"([a-z])\.\.([a-z])")


class Unknown(Exception):
    """A variable is not known at this place."""


def variable(name: str, change: str = "") -> str:
    """The placeholder for a variable of the command line's own, perhaps changed (``%.txt`` cut off)."""
    return f"{_VARIABLE_OPEN}{name}{CHANGE + change if change else ''}{_VARIABLE_CLOSE}"


def total(text: str) -> str:
    """The placeholder for a sum."""
    return f"{_SUM_OPEN}{text}{_SUM_CLOSE}"


def line_part(number: int, change: str = "") -> str:
    """The placeholder for a part of the line that a loop has read, perhaps changed."""
    return f"{_LINE_OPEN}{number}{CHANGE + change if change else ''}{_LINE_CLOSE}"


def line_parts(text: str) -> list[int]:
    """The numbers of the parts of lines in a word."""
    return [int(found[1]) for found in LINE.finditer(text)]


def checked(text: str) -> str:
    """The word with a mark on each part of a line that it has to be a plain name."""
    return LINE.sub(lambda found: line_part(int(found[1]), f"{found[2] or ''}{CHANGE}{PLAIN_NAME}"), text)


def output(number: int, *, is_bare: bool) -> str:
    """The placeholder for ``$(...)``; ``is_bare`` when the word is nothing else and not quoted."""
    return f"{_BARE_OPEN}{number}{_BARE_CLOSE}" if is_bare else f"{_OUTPUT_OPEN}{number}{_OUTPUT_CLOSE}"


def output_file(number: int) -> str:
    """The placeholder for the file that ``<(...)`` is."""
    return f"{_FILE_OPEN}{number}{_FILE_CLOSE}"


def file_number(text: str) -> int | None:
    """The number of the ``<(...)`` that the whole word is."""
    found = _FILE.fullmatch(text)
    return None if found is None else int(found[1])


def readable(text: str) -> str:
    """A word of a judged command for people, with signs for what is put in while it runs."""
    if not has_expansion(text):
        return text
    text = _FILE.sub("<(...)", text)
    return LINE.sub("[each]", _OUTPUT.sub("$(...)", text)).replace(EXIT_CODE, "$?")


def spoken(reason: str) -> str:
    """A sentence about words that are filled in later, without the characters that stand for them."""
    if reason.isascii() or _PRIVATE.search(reason) is None:
        return reason
    return _PLACEHOLDERS.sub("…", readable(references.show(reason)))


def is_odd(text: str) -> bool:
    """Whether a text from elsewhere (the name of a file) has characters that only we may use."""
    return not text.isascii() and _PRIVATE.search(text) is not None


def has_expansion(text: str) -> bool:
    """Whether anything is to be filled in."""
    return not text.isascii() and _ANY.search(text) is not None


def bare_output(text: str) -> int | None:
    """The number of the ``$(...)`` that the whole word is, unquoted."""
    found = _ONE_BARE.fullmatch(text)
    return None if found is None else int(found[1])


def only_output(text: str) -> int | None:
    """The number of the ``$(...)`` that the whole word is, quoted or not."""
    found = _OUTPUT.fullmatch(text)
    return None if found is None else int(found[1])


def outputs(text: str) -> list[int]:
    """The numbers of every ``$(...)`` in a word."""
    return [int(number) for number in _OUTPUT.findall(text)]


def without_outputs(text: str) -> str:
    """The text of a sum with a number for every ``$(...)`` in it."""
    return _OUTPUT.sub("1", text)


def names(text: str) -> list[str]:
    """The variables in a word."""
    in_sums = (name for found in _SUM.findall(text) for name in arithmetic.variables_in(found))
    return [*(found[1].partition("[")[0] for found in _VARIABLE.finditer(text)), *in_sums]


def whole_variable(text: str) -> str | None:
    """The name of the variable that the whole word is, unchanged."""
    found = _VARIABLE.fullmatch(text)
    return found[1] if found is not None and found[2] is None and found[1].isidentifier() else None


def whole_sum(text: str) -> str | None:
    """The sum that the whole word is."""
    found = _SUM.fullmatch(text)
    return None if found is None else found[1]


def whole_array(text: str) -> str | None:
    """The name of the array whose elements are the word: ``"${files[@]}"``."""
    found = _ARRAY.fullmatch(text)
    return None if found is None else found[1]


def fill(
    text: str, *, home: str, folder: str, variables: Mapping[str, str], output_of: Callable[[int], str]
) -> str:
    """
    The word with everything filled in.

    Raises:
        Unknown: A variable has no value here, or an empty one.
    """

    def value(found: re.Match[str]) -> str:
        filling = variables.get(found[1], folder if found[1] == "PWD" else None)
        if filling is None and found[1].isdecimal() and (found[2] or "").startswith(":-"):
            # An argument that the function was not given.
            return found[2][2:]
        # An empty one that is not quoted takes its word along, which changes what the other words mean.
        if filling is None or (not filling and found[2] is None):
            raise Unknown(found[1])
        if found[2] is None:
            return filling
        if has_expansion(filling):
            part = LINE.fullmatch(filling)
            if part is None or parameters.CUT.fullmatch(found[2]) is None:
                raise Unknown(found[1])
            return line_part(int(part[1]), f"{part[2]}{CHANGE}{found[2]}" if part[2] else found[2])
        try:
            return parameters.changed(filling, found[2])
        except parameters.NoValue:
            raise Unknown(found[1]) from None

    def calculated(found: re.Match[str]) -> str:
        known = _OUTPUT.sub(lambda inner: output_of(int(inner[1])), found[1])
        try:
            return str(arithmetic.calculate(known, variables))
        except arithmetic.NoSum:
            raise Unknown(found[1]) from None

    text = text.replace(HOME, home).replace(FOLDER, folder)
    # A variable may hold a program's output itself.
    text = _VARIABLE.sub(value, _SUM.sub(calculated, text))
    return _OUTPUT.sub(lambda found: output_of(int(found[1])), text)


def fill_counts(text: str, count_of: Callable[[str], str]) -> str:
    """The word with the lengths of arrays filled in that are known while it runs."""
    return _COUNT.sub(lambda found: count_of(found[1]), text)


def expand_braces(source: str) -> list[str] | None:
    """
    The words that an unquoted source with braces stands for, in the order of bash.

    Returns:
        None when bash's rules for it are not obvious (with gaps, too many).
    """
    at = source.find("{")
    if at < 0:
        return [source]
    end = _closing(source, at)
    parts = _alternatives(source[at + 1 : end]) if end > 0 else None
    rest = expand_braces(source[end + 1 :]) if parts is not None else None
    if parts is None or rest is None:
        return None
    words: list[str] = []
    for part in parts:
        words.extend(source[:at] + part + tail for tail in rest)
        if len(words) > MAX_BRACE_WORDS:
            return None
    return words


def _closing(source: str, at: int) -> int:
    """The place of the brace that closes the one at ``at``, or -1."""
    depth = 0
    for place in range(at, len(source)):
        depth += (source[place] == "{") - (source[place] == "}")
        if not depth:
            return place
    return -1


def _alternatives(inner: str) -> list[str] | None:
    commas = [at for at, char in enumerate(inner) if char == "," and not _depth(inner, at)]
    if commas:
        if ".." in inner:
            return None
        parts = [inner[start + 1 : end] for start, end in itertools.pairwise((-1, *commas, len(inner)))]
        expanded = [expand_braces(part) for part in parts]
        if any(words is None for words in expanded):
            return None
        return [word for words in expanded for word in words or ()]
    numbers = _NUMBERS.fullmatch(inner)
    if numbers is not None:
        return _range(numbers[1], numbers[2])
    letters = _LETTERS.fullmatch(inner)
    if letters is not None:
        first, last = (string.ascii_lowercase.index(letter) for letter in letters.groups())
        step = 1 if first <= last else -1
        return [string.ascii_lowercase[at] for at in range(first, last + step, step)]
    return None


def _depth(text: str, at: int) -> int:
    return text.count("{", 0, at) - text.count("}", 0, at)


def _range(first: str, last: str) -> list[str] | None:
    start, end = int(first), int(last)
    if abs(end - start) >= MAX_BRACE_WORDS:
        return None
    step = 1 if start <= end else -1
    is_padded = any(len(text.lstrip("-")) > 1 and text.lstrip("-").startswith("0") for text in (first, last))
    width = max(len(first), len(last)) if is_padded else 0
    return [f"{number:0{width}d}" if width else str(number) for number in range(start, end + step, step)]

"""
Sums as shells calculate them: whole numbers, four operations, the rest of a division, brackets.

Nothing else passes. To a shell a name in a sum is a sum again, which may hold commands; here it is the value
of one of the line's own variables, and only when that is a plain number.
"""

import re
from collections.abc import Mapping
from typing import Final

MAX_CHARACTERS: Final = 200
_PLAIN: Final = re.compile(r"[A-Za-z0-9_+\-*/%() ]{1,200}")
_TOKEN: Final = re.compile(r" *(?:(\d{1,15})|([A-Za-z_]\w*)|([-+*/%()]))")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,14})")
_MOST: Final = 2**62


class NoSum(Exception):
    """It cannot be calculated."""


def is_sum(text: str) -> bool:
    """Whether a text has only what can be calculated; two stars are a power and do not pass."""
    return _PLAIN.fullmatch(text) is not None and "**" not in text and "++" not in text and "--" not in text


def variables_in(text: str) -> list[str]:
    """The names in a sum."""
    return re.findall(r"(?<![A-Za-z0-9_])[A-Za-z_]\w*", text)


def calculate(text: str, values: Mapping[str, str]) -> int:
    """
    The value of a sum.

    Raises:
        NoSum: It is none, a name is no number, or the number would be too large.
    """
    tokens: list[str] = []
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise NoSum
        number, name, sign = found.groups()
        if number is not None and len(number) > 1 and number[0] == "0":
            # To a shell that is an octal number.
            raise NoSum
        tokens.append(_value(name, values) if name else number or sign)
        at = found.end()
    value = _Sum(tokens).whole()
    if abs(value) > _MOST:
        raise NoSum
    return value


def _value(name: str, values: Mapping[str, str]) -> str:
    value = values.get(name, "")
    if _NUMBER.fullmatch(value) is None:
        raise NoSum
    return value


class _Sum:
    """Goes through the tokens once, from left to right."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def whole(self) -> int:
        value = self._terms()
        if self.at < len(self.tokens):
            raise NoSum
        return value

    def _next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _terms(self) -> int:
        value = self._factors()
        while self._next() in ("+", "-"):
            sign = self._next()
            self.at += 1
            other = self._factors()
            value = value + other if sign == "+" else value - other
        return value

    def _factors(self) -> int:
        value = self._single()
        while self._next() in ("*", "/", "%"):
            sign = self._next()
            self.at += 1
            other = self._single()
            if sign == "*":
                value *= other
                continue
            if other == 0:
                raise NoSum
            # Towards nought, as in C.
            quotient = abs(value) // abs(other) * (1 if (value < 0) is (other < 0) else -1)
            value = quotient if sign == "/" else value - quotient * other
        return value

    def _single(self) -> int:
        word = self._next()
        self.at += 1
        if word == "-":
            return -self._single()
        if word == "(":
            value = self._terms()
            if self._next() != ")":
                raise NoSum
            self.at += 1
            return value
        if not word.lstrip("-").isdecimal():
            raise NoSum
        return int(word)

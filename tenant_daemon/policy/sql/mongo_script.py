"""
The part of mongosh's language that asks a database something: chains of calls whose arguments are plain data.

No operator, function, variable or template is part of it, so nothing in it can run code.
"""

import re
from dataclasses import dataclass, field
from typing import Final

MAX_CHARACTERS: Final = 4_000
MAX_DEPTH: Final = 30
_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"\\\n]|\\["'\\/nt])*"|'(?:[^'\\\n]|\\["'\\/nt])*')|(?P<number>-?\d+(?:\.\d+)?)
    |(?P<word>\$?[A-Za-z_][A-Za-z0-9_$]*)|(?P<pattern>/(?![*/])(?:[^/\\\n]|\\.)+/[imsx]*(?=\s*[,})\]]))
    |(?P<sign>[{}\[\]():,.;*/+-]))""",
    re.VERBOSE,
)
_CONSTANTS: Final = frozenset({"true", "false", "null"})
_NAMING_COLLECTIONS: Final = frozenset({"from", "coll", "$unionWith", "into", "db"})
COLLECTION: Final = "@"
"""Begins the name of another collection that a stage reads or writes."""
_MADE: Final = frozenset(
    {"ObjectId", "ISODate", "Date", "NumberInt", "NumberLong", "NumberDecimal", "UUID", "Timestamp"}
)


class NotPlain(Exception):
    """The script has something in it that is not plain data or a chain of calls."""


@dataclass
class Call:
    """``.name(arguments)``, or ``.name`` where ``arguments`` is None."""

    name: str
    arguments: list["Value"] | None = None


@dataclass
class Value:
    """An argument: what it begins with, and every name in it that means a field or an operator."""

    text: str
    names: list[str] = field(default_factory=list)


def read_script(text: str) -> list[list[Call]]:
    """
    The statements of a script, each a chain of calls: ``db``, ``orders``, ``find(...)``, ``limit(5)``.

    Raises:
        NotPlain: It is more than that.
    """
    if len(text) > MAX_CHARACTERS:
        raise NotPlain
    return _Reading(text).script()


class _Reading:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None or found.lastgroup is None:
                raise NotPlain
            self.tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()
        self.at = 0
        self.depth = 0

    def script(self) -> list[list[Call]]:
        statements: list[list[Call]] = []
        while self.at < len(self.tokens):
            if self._takes(";"):
                continue
            statements.append(self._chain())
            if self.at < len(self.tokens) and not self._takes(";"):
                raise NotPlain
        return statements

    def _chain(self) -> list[Call]:
        calls = [Call(self._next("word"))]
        if self._takes("("):
            if calls[0].name not in ("print", "printjson", "tojson"):
                raise NotPlain
            return self._printed()
        if calls[0].name in ("EJSON", "JSON") and self._takes(".") and self._next("word") == "stringify":
            self._needs("(")
            return self._printed()
        if calls[0].name in ("show", "use") and self._kind() == "word":
            return [calls[0], Call(self._next("word"))]
        while True:
            if self._takes("."):
                name = self._next("word")
                calls.append(Call(name, self._arguments() if self._takes("(") else None))
            elif self._takes("["):
                calls.append(Call(_inside(self._next("string"))))
                self._needs("]")
            else:
                return calls

    def _printed(self) -> list[Call]:
        """``print(CHAIN)``, and ``JSON.stringify(CHAIN, null, 2)``."""
        inner = self._chain()
        while self._takes(","):
            self._value()
        self._needs(")")
        return inner

    def _arguments(self) -> list[Value]:
        found: list[Value] = []
        while not self._takes(")"):
            found.append(self._value())
            if not self._takes(","):
                self._needs(")")
                break
        return found

    def _value(self) -> Value:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise NotPlain
        value = self._sum()
        self.depth -= 1
        return value

    def _sum(self) -> Value:
        value = self._single()
        while any(self._takes(sign) for sign in "+-*/"):
            other = self._single()
            value = Value("sum", [*value.names, *other.names])
        return value

    def _single(self) -> Value:
        kind, text = self._token()
        if kind == "string":
            inner = _inside(text)
            return Value(text, [inner.lstrip("$")] if inner.startswith("$") else [])
        if kind in ("number", "pattern") or text in _CONSTANTS:
            return Value(text)
        if kind == "word":
            return self._made(self._next("word") if text == "new" else text)
        if text == "{":
            return self._object()
        if text == "[":
            parts: list[Value] = []
            while not self._takes("]"):
                parts.append(self._value())
                if not self._takes(","):
                    self._needs("]")
                    break
            return Value("[", [name for part in parts for name in part.names])
        raise NotPlain

    def _made(self, name: str) -> Value:
        if name not in _MADE:
            raise NotPlain
        if name == "Date" and self._takes(".") and self._next("word") != "now":
            raise NotPlain
        self._needs("(")
        return Value(name, [one for part in self._arguments() for one in part.names])

    def _object(self) -> Value:
        names: list[str] = []
        while not self._takes("}"):
            kind, key = self._token()
            if kind not in ("word", "string", "number"):
                raise NotPlain
            names.append(_inside(key) if kind == "string" else key)
            self._needs(":")
            value = self._value()
            names.extend(value.names)
            if _inside(key) in _NAMING_COLLECTIONS or key in _NAMING_COLLECTIONS:
                names.append(COLLECTION + value.text.strip("'\""))
            if not self._takes(","):
                self._needs("}")
                break
        return Value("{" if names else "{}", names)

    def _kind(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def _token(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise NotPlain
        self.at += 1
        return self.tokens[self.at - 1]

    def _next(self, wanted: str) -> str:
        kind, text = self._token()
        if kind != wanted:
            raise NotPlain
        return text

    def _takes(self, sign: str) -> bool:
        is_next = self.at < len(self.tokens) and self.tokens[self.at] == ("sign", sign)
        self.at += is_next
        return is_next

    def _needs(self, sign: str) -> None:
        if not self._takes(sign):
            raise NotPlain


def _inside(quoted: str) -> str:
    """What stands between quotes; an escaped sign would hide what it says, and is refused."""
    if "\\" in quoted:
        raise NotPlain
    return quoted[1:-1]

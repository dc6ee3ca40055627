"""Secrets out of a ``.env`` file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tenant_daemon.vault.errors import UnfitSecret
from tenant_daemon.vault.fitness import MIN_CHARACTERS, check_value
from tenant_daemon.vault.names import RESERVED_NAMES, check_name
from tenant_daemon.vault.records import SecretKind
from tenant_daemon.vault.vault import NewSecret

_LINE: Final = re.compile(r"\s*(?:export\s+)?(?P<key>[A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(?P<value>.*)")
_SECRET_WORDS: Final = re.compile(
    r"(?i)pass|pwd|secret|token|credential|private|(?:^|[_.])(?:api)?_?key(?:$|[_.])|dsn|_url$|_uri$|salt|webhook"
)
_ADDRESS_WITHOUT_PASSWORD: Final = re.compile(r"(?i)[a-z][a-z0-9+.-]*://[^@\s]*")
_KEY_WORDS: Final = re.compile(r"(?i)key|token")
_QUOTES: Final = frozenset("'\"`")
_AFTER_QUOTES: Final = re.compile(r"\s*(?:#.*)?")
_FOR_A_SHELL: Final = re.compile(r"^\$['\"]|(?<!\\)\$[({]")
"""What stands for a value that is somewhere else, or is written in a way of shells alone."""
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$"}


@dataclass(frozen=True)
class EnvSecrets:
    """What a file holds."""

    found: list[NewSecret]
    refused: dict[str, str] = field(default_factory=dict)
    """Key -> why it cannot be kept."""
    plain: list[str] = field(default_factory=list)
    """Keys of settings that are no secrets, by their name and by their looks."""
    unread: list[int] = field(default_factory=list)
    """Numbers of the lines that are no settings, or of which it cannot be told what the value is."""


def secrets_in(text: str, *, with_all: bool = False, note: str = "") -> EnvSecrets:
    """
    The secrets of a ``.env`` file.

    Whatever is in the vault is redacted everywhere, so that a setting which is no secret does not belong
    there: by default only what sounds like one by its key, or looks like one, is taken.

    Args:
        text: The file.
        with_all: Take every key whose value the vault can keep.
        note: For each of them.
    """
    result = EnvSecrets([])
    keys: dict[str, str] = {}
    for key, value in _settings(text, result.unread):
        if not value or not (with_all or _sounds_secret(key, value)):
            result.plain.append(key)
            continue
        name = _name_of(key)
        try:
            check_name(name)
            check_value(value, name)
            if name in RESERVED_NAMES:
                raise UnfitSecret(f"{name} is a name that the server keeps for itself")
            if keys.setdefault(name, key) != key:
                raise UnfitSecret(f"its name would be {name}, as that of {keys[name]}")
        except UnfitSecret as exc:
            result.refused[key] = str(exc)
            continue
        kind = SecretKind.API_KEY if _KEY_WORDS.search(key) else SecretKind.PASSWORD
        result.found.append(NewSecret(name, value, note, kind, "imported"))
    return result


def _sounds_secret(key: str, value: str) -> bool:
    if _SECRET_WORDS.search(key):
        return not _ADDRESS_WITHOUT_PASSWORD.fullmatch(value)
    return _looks_secret(value)


def _looks_secret(value: str) -> bool:
    """Whether it is one under whatever name: a private key, an address with a password, a vendor's token."""
    # Loading what finds them takes longer than most imports.
    from tenant_daemon.redaction import Redactor

    return len(value) >= MIN_CHARACTERS and Redactor([]).redact(value) != value


def _name_of(key: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")[:63]


def _settings(text: str, unread: list[int]) -> Iterator[tuple[str, str]]:
    """Keys and values, the last one of each key, as a shell would take them."""
    found: dict[str, str] = {}
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    number = 0
    while number < len(lines):
        line, number = lines[number], number + 1
        match = _LINE.fullmatch(line)
        if match is None:
            if line.strip() and not line.lstrip().startswith("#"):
                unread.append(number)
            continue
        value, end = match["value"].strip(), number
        quote = value[:1]
        if quote in _QUOTES:
            while not _end_of_quotes(value, quote) and end < len(lines):
                value, end = f"{value}\n{lines[end]}", end + 1
            read = _unquoted(value, quote)
        else:
            read = None if _FOR_A_SHELL.search(value) else re.split(r"\s+#", value, maxsplit=1)[0].rstrip()
        if read is None:
            # What follows are settings of their own, as far as anybody can tell.
            unread.append(number)
            continue
        found[match["key"]], number = read, end
    yield from found.items()


def _end_of_quotes(value: str, quote: str) -> int:
    position = 1
    while position < len(value):
        if value[position] == "\\" and quote == '"':
            position += 2
            continue
        if value[position] == quote:
            return position
        position += 1
    return 0


def _unquoted(value: str, quote: str) -> str | None:
    """None where the quotes do not hold the whole value: a part of it would protect nothing."""
    end = _end_of_quotes(value, quote)
    inner = value[1:end]
    if not end or not _AFTER_QUOTES.fullmatch(value[end + 1 :]):
        return None
    if quote != '"':
        return inner
    if _FOR_A_SHELL.search(inner):
        return None
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), inner)

"""What of the vault is searched for: its values, and what in them is a secret by itself."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from tenant_daemon.redaction.detectors.known import KnownSecret

Around = tuple[bytes, bytes]
"""White space with which a value in the vault begins and ends."""
_UNNAMED = "unnamed"
_LEAST_INNER = 8
_URL_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^\s:/@]*:([^\s/@]+)@", re.IGNORECASE)


def values_of(secrets: "Iterable[KnownSecret]") -> Iterator[tuple[str, str, Around]]:
    """
    Each name and value once, and what stands around it in the vault.

    Of values with several lines also each line that is a secret itself.
    """
    seen: set[str] = set()
    for secret in secrets:
        value = secret.value.strip()
        # A name that shows the value cannot stand for it.
        name = _UNNAMED if value and value.casefold() in secret.name.casefold() else secret.name
        lines = value.splitlines() if "\n" in value else []
        lines += _lines_inside(value)
        for part in [value, *(line.strip() for line in lines)]:
            is_line = part is not value
            if part and part not in seen and not (is_line and not _is_secret_line(part)):
                seen.add(part)
                yield name, part, (b"", b"") if is_line else _around(secret.value)
        for part in _inner(value):
            if part not in seen:
                seen.add(part)
                yield name, part, (b"", b"")


def _around(value: str) -> Around:
    begin = len(value) - len(value.lstrip())
    return value[:begin].encode(), value[len(value.rstrip()) :].encode()


def _inner(value: str) -> Iterator[str]:
    """What is the secret in a value that stands in quotes, and in one that is a connection string."""
    if len(value) > _LEAST_INNER + 1 and value[0] == value[-1] and value[0] in "\"'":
        yield value[1:-1]
    found = _URL_PASSWORD.match(value)
    if found and len(found.group(1)) >= _LEAST_INNER and not found.group(1).isalpha():
        yield found.group(1)


def _lines_inside(value: str) -> list[str]:
    """The lines of a file that stands in a JSON text, as the key of a service account does."""
    if not value.startswith("{") or "\\n" not in value:
        return []
    try:
        fields = orjson.loads(value)
    except orjson.JSONDecodeError:
        return []
    texts = [text for text in fields.values() if isinstance(text, str) and "\n" in text]
    return [line for text in texts for line in text.splitlines()]


def _is_secret_line(line: str) -> bool:
    return len(line) >= 24 and " " not in line and any(c.isdigit() for c in line)

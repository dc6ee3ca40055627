"""
Layer 4: values that stand under a name which says that they are secret.

Reason: many secrets look like nothing (``hunter22``); the field's name is the only sign. It comes last
because it knows least: it goes by the name and by whether the value could be a secret at all.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise

from tenant_daemon.redaction.findings import Finding, Layer, redacted
from tenant_daemon.redaction.leaves import LeafKind, Leaves, Parent
from tenant_daemon.redaction.plausibility import (
    is_stand_in,
    is_word_of_nothing_else,
    looks_like_phrase,
    looks_like_secret,
)

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_PLAIN_LETTERS = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "ß": "ss", "ä": "ae", "ö": "o", "ü": "ue"})
_NAMES: dict[str, str] = tomllib.loads(
    files("tenant_daemon.redaction").joinpath("field_names.toml").read_text()
)
_SECRET_WORDS = frozenset(_NAMES["words"].split())
_FOREIGN_WORDS = frozenset(_NAMES["foreign"].split())
_SECRET_PAIRS = frozenset(tuple(pair.split("_")) for pair in _NAMES["pairs"].split())
_SECRET_LAST = frozenset(_NAMES["last"].split())
_ABOUT = frozenset(_NAMES["about"].split())
_HARMLESS = frozenset(_NAMES["harmless"].split())
_NEXT_PLACE = ["next", "token"]
"""Where a list goes on."""
_ACCENTS = frozenset(map(chr, range(0x300, 0x370)))
_VALUE_NAMES = frozenset({"value", "Value"})
_WITH_SPACES = frozenset({"passphrase", "phrase", "mnemonic", "password"})
_OF_WORDS = frozenset({"password", "passwd", "passwort", "kennwort", "pwd", "passphrase", "pass", "pw"})
"""What people choose; a secret or a token with such a value is the name of one."""
_LOGINS = frozenset(
    {"user", "username", "login", "benutzer", "benutzername", "utente", "usuario", "utilisateur"}
)
"""Fields next to which words are a password as well."""
_WORD = re.compile(r"[^\W\d_]{3,24}(?:[ _-][^\W\d_]{3,24}){0,4}[ _-]?\d{0,4}[!?.]?")
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,80}")
"""The name of a field that people read begins with a capital."""
_CODES = frozenset({"otp", "totp", "pin", "pin-code", "passcode"})
_CODE = re.compile(r"\d{4,8}")
_LONGEST = 8_192


def key_kind(name: str) -> str | None:
    """
    The kind of secret that a field's name announces, ``password`` or ``api-key``; None for none.

    Made of words of ours alone: what else a name holds may be a secret itself.
    """
    if _is_redacted(name):
        return None
    words: list[str] = [word.lower() for word in _WORDS.findall(_without_accents(name[:80]))]
    if not words or words[-1] in _ABOUT or not _HARMLESS.isdisjoint(words) or words[-2:] == _NEXT_PLACE:
        return None
    if announced := next((pair for pair in pairwise(words) if pair in _SECRET_PAIRS), None):
        return "-".join(announced)
    for word in words:
        if word in _SECRET_WORDS:
            return word
        if word in _FOREIGN_WORDS:
            return "password"
    return words[-1] if words[-1] in _SECRET_LAST else None


def _without_accents(name: str) -> str:
    if name.isascii():
        return name
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", name).translate(_PLAIN_LETTERS))
    return unicodedata.normalize("NFC", "".join(c for c in letters if c not in _ACCENTS))


def find_by_names(leaves: Leaves) -> Iterator[tuple[int, Finding]]:
    """The leaves whose field's name says that they are secret, where the value may be one; whole."""
    kinds: dict[str, str | None] = {}
    for index, kind in enumerate(leaves.kinds):
        if kind is not LeafKind.TEXT:
            continue
        name = leaves.keys[index]
        if name not in kinds:
            kinds[name] = key_kind(name)
        announced = kinds[name]
        if announced is None and name in _VALUE_NAMES:
            announced = _kind_beside(leaves.parents[index])
        if announced is not None and (
            _may_be(leaves.texts[index], announced)
            or (announced in _OF_WORDS and _is_beside_login(leaves.texts[index], leaves.parents[index]))
        ):
            size = len(leaves.encoded[index])
            yield index, Finding(0, size, Layer.JSON_KEY, redacted(announced))


def _kind_beside(parent: Parent) -> str | None:
    """``{"name": "DB_PASSWORD", "value": "..."}``, as Kubernetes and many tools write variables."""
    names = (parent.get(field) for field in ("name", "Name", "key", "Key")) if parent else ()
    return next((found for name in names if isinstance(name, str) and (found := key_kind(name))), None)


def _is_beside_login(text: str, parent: Parent) -> bool:
    """``{"user": "info", "pass": "kleiner Fuchs"}``: words, where somebody is let in with them."""
    if parent is None or not (_WORD.fullmatch(text) and is_word_of_nothing_else(text)):
        return False
    names = (login for name, login in parent.items() if name.lower() in _LOGINS)
    return any(
        isinstance(name, str) and _LOGIN.fullmatch(name) and is_word_of_nothing_else(name) for name in names
    )


def _may_be(text: str, kind: str) -> bool:
    if kind in _CODES and _CODE.fullmatch(text):
        return not is_stand_in(text)
    if (
        not text
        or len(text) > _LONGEST
        or _is_redacted(text)
        or (" " in text.strip() and kind not in _WITH_SPACES)
    ):
        return False
    return looks_like_secret(text) or (kind in _OF_WORDS and looks_like_phrase(text))


def _is_redacted(text: str) -> bool:
    return "SECRET_REF(" in text or "[REDACTED:" in text

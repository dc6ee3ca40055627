"""Secrets of the shapes that people and machines make, each drawn from a seeded source."""

import base64
import random
import string
import uuid
from collections.abc import Callable

Shape = Callable[[random.Random], str]

_ALNUM = string.ascii_letters + string.digits
_SYMBOLS = "!#$%&()*+,-./:;<=>?@[]^_{|}~"
_WORDS = (
    *("harbour", "lantern", "copper", "winter", "falcon", "meadow", "velvet", "thunder", "saffron", "orchid"),
    *("marble", "cedar", "pebble", "anchor", "violet", "tundra", "canyon", "ember", "willow", "quartz"),
)
_FOREIGN = (
    *("Grüße", "Äpfel", "Straße", "Übermut", "Żółw", "łódź", "Ñandú", "crème", "Ölkännchen"),
    *("пароль", "зима", "ёлка", "σοφία", "秘密", "合言葉"),
)


def _text(source: random.Random, alphabet: str, size: int) -> str:
    return "".join(source.choices(alphabet, k=size))


def mixed(source: random.Random, size: int) -> str:
    """Letters of both cases and digits."""
    while True:
        value = _text(source, _ALNUM, size)
        if {str.isdigit, str.isupper, str.islower} <= {
            kind for kind in (str.isdigit, str.isupper, str.islower) if any(map(kind, value))
        } and (size < 12 or sum(map(str.isdigit, value)) >= 2):
            return value


def _with_symbols(source: random.Random, size: int) -> str:
    marks = _text(source, _SYMBOLS, max(2, size // 4))
    value = list(mixed(source, size - len(marks)) + marks)
    source.shuffle(value)
    return "".join(value)


def _pem(source: random.Random) -> str:
    body = base64.b64encode(source.randbytes(48 * 8 + 20)).decode()
    lines = [body[i : i + 64] for i in range(0, len(body), 64)]
    return "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----"])


LONG: dict[str, Shape] = {
    "provider key": lambda r: f"sk-live-{mixed(r, 32)}",
    "prefixed token": lambda r: f"ghp_{mixed(r, 36)}",
    "random 16": lambda r: mixed(r, 16),
    "random 20": lambda r: mixed(r, 20),
    "random 32": lambda r: mixed(r, 32),
    "random 64": lambda r: mixed(r, 64),
    "hex 32": lambda r: r.randbytes(16).hex(),
    "hex 64": lambda r: r.randbytes(32).hex(),
    "base64": lambda r: base64.b64encode(r.randbytes(32)).decode(),
    "base64url": lambda r: base64.urlsafe_b64encode(r.randbytes(27)).decode(),
    "uuid": lambda r: str(uuid.UUID(bytes=r.randbytes(16), version=4)),
    "letters": lambda r: _text(r, string.ascii_letters, 24),
    "symbols 16": lambda r: _with_symbols(r, 16),
    "symbols 24": lambda r: _with_symbols(r, 24),
    "passphrase": lambda r: " ".join(r.sample(_WORDS, 4)),
    "dashed words": lambda r: "-".join([*r.sample(_WORDS, 3), str(r.randrange(1000, 9999))]),
    "foreign passphrase": lambda r: " ".join([*r.sample(_FOREIGN, 3), str(r.randrange(100, 999))]),
    "foreign password": lambda r: f"{r.choice(_FOREIGN)}{mixed(r, 8)}ß€{r.choice(_FOREIGN)}",
    "quotes": lambda r: f"{mixed(r, 6)}\"{mixed(r, 5)}'\\{mixed(r, 5)}",
    "markup": lambda r: f"{mixed(r, 7)}&{mixed(r, 5)}<{mixed(r, 6)}>",
    "connection string": lambda r: f"postgres://app:{mixed(r, 14)}@db.internal:5432/shop",
}
"""At least 16 characters: the whole list of disguises is promised for them."""

SHORT: dict[str, Shape] = {
    "mixed 8": lambda r: mixed(r, 8),
    "mixed 10": lambda r: mixed(r, 10),
    "mixed 12": lambda r: mixed(r, 12),
    "symbols 8": lambda r: _with_symbols(r, 8),
    "symbols 10": lambda r: _with_symbols(r, 10),
    "symbols 12": lambda r: _with_symbols(r, 12),
    "word and year": lambda r: f"{r.choice(_WORDS).title()}{r.randrange(1980, 2030)}{r.choice('!?#$')}",
    "word and number": lambda r: f"{r.choice(_WORDS)}{r.randrange(10, 99)}",
    "digits": lambda r: _text(r, string.digits, 10),
    "letters 14": lambda r: _text(r, string.ascii_letters, 14),
    "foreign 8": lambda r: f"{r.choice('ÄÖÜéñ')}{mixed(r, 6)}{r.choice('ß€§')}",
}

LARGE: dict[str, Shape] = {"private key": _pem}

SHAPES: dict[str, Shape] = {**LONG, **SHORT, **LARGE}


def sibling(secret: str, source: random.Random) -> str:
    """Another secret of exactly the same make: its disguise shows which characters depend on the secret."""

    def other(character: str) -> str:
        for alphabet in (string.digits, string.ascii_lowercase, string.ascii_uppercase):
            if character in alphabet:
                return source.choice([one for one in alphabet if one != character])
        return _neighbour(character) if character.isalpha() else character

    return "".join(map(other, secret))


def _neighbour(letter: str) -> str:
    """Another letter of the same script, case and length in UTF-8."""
    near = (chr(ord(letter) + step) for step in (1, -1, 2, -2, 3, -3))
    same = (
        c
        for c in near
        if c.isalpha() and c.isupper() == letter.isupper() and len(c.encode()) == len(letter.encode())
    )
    return next(same, letter)

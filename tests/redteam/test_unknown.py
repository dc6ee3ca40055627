"""Secrets that no vault knows: in the formats of their makers, in assignments, and the same encoded once."""

import base64
import json
import random
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tenant_daemon.redaction import Redactor
from tests.redteam import vendors
from tests.redteam.checker import core, has_most

REDACTOR = Redactor([])
PLAIN_GOAL = 0.97
ENCODED_GOAL = 0.9
ENCODINGS: dict[str, Callable[[str], str]] = {
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "base64url": lambda s: base64.urlsafe_b64encode(s.encode()).decode().rstrip("="),
    "hex": lambda s: s.encode().hex(),
    "URL": lambda s: quote(s, safe=""),
    "URL of every character": lambda s: "".join(f"%{b:02X}" for b in s.encode()),
    "unicode escapes": lambda s: "".join(f"\\u{ord(c):04x}" for c in s),
    "hex escapes": lambda s: "".join(f"\\x{b:02x}" for b in s.encode()),
    "HTML": lambda s: "".join(f"&#{ord(c)};" for c in s),
    "JSON": lambda s: json.dumps(s)[1:-1],
}
_OPEN_PLACES = ("alone", "sentence", "lines", "log")


def _drawn(name: str, seed: int) -> tuple[str, str, str]:
    """A text, the secret in it, and the text with another secret of the same make."""
    source = random.Random(f"{seed} {name}")
    if name in vendors.TOKENS:
        text = vendors.expand(vendors.TOKENS[name], source)
        return text, text, vendors.expand(vendors.TOKENS[name], source)
    template = vendors.ASSIGNED[name.removeprefix("assigned ")]
    text, secret = vendors.split(template, source)
    return text, secret, vendors.split(template, source)[0]


NAMES = [*vendors.TOKENS, *(f"assigned {name}" for name in vendors.ASSIGNED)]


def _misses_plain(seed: int) -> list[str]:
    missed = []
    for name in NAMES:
        text, secret, _ = _drawn(name, seed)
        place = random.Random(f"{seed} {name}").choice(list(vendors.PLACES.values()))
        if has_most(secret, REDACTOR.redact(place.format(text))):
            missed.append(name)
    return missed


def _misses_encoded(encoding: str, seed: int) -> list[str]:
    missed = []
    encode = ENCODINGS[encoding]
    for name in NAMES:
        text, _, other = _drawn(name, seed)
        place = vendors.PLACES[random.Random(f"{seed} {name}").choice(_OPEN_PLACES)]
        if has_most(core(encode(text), encode(other)), REDACTOR.redact(place.format(encode(text)))):
            missed.append(name)
    return missed


def test_unknown_secrets_are_found() -> None:
    missed = _misses_plain(1)
    assert len(missed) <= (1 - PLAIN_GOAL) * len(NAMES), missed


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_unknown_secrets_are_found_encoded(encoding: str) -> None:
    missed = _misses_encoded(encoding, 1)
    assert len(missed) <= (1 - ENCODED_GOAL) * len(NAMES), missed


@pytest.mark.redteam
@pytest.mark.parametrize("seed", range(2, 22))
def test_unknown_secrets_are_found_at_length(seed: int) -> None:
    missed = _misses_plain(seed)
    assert len(missed) <= (1 - PLAIN_GOAL) * len(NAMES), missed
    for encoding in ENCODINGS:
        missed = _misses_encoded(encoding, seed)
        assert len(missed) <= (1 - ENCODED_GOAL) * len(NAMES), (encoding, missed)

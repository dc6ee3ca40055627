"""Secrets that no vault knows: in the formats of their makers, in assignments, and the same encoded once."""

import base64
import json
import random
import string
import tomllib
from collections.abc import Callable
from pathlib import Path
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
SPOKEN: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("spoken.toml").read_text("utf-8"))
SPOKEN_GOAL = 0.95
"""What is left are values that chance made look like a word or a name."""
SAMPLE = 120
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


def _misses_spoken(seed: int, count: int) -> list[str]:
    """What is missed where it stands in one of many contexts, and shows only by itself what it is."""
    source = random.Random(seed)
    letters = string.ascii_letters + string.digits
    missed = []
    for _ in range(count):
        kind = source.choice(["passwords", "keys"])
        size = source.randrange(10, 17) if kind == "passwords" else source.choice((24, 32, 40))
        secret = "".join(source.choices(letters if source.random() < 0.8 else string.hexdigits[:16], k=size))
        text = source.choice(SPOKEN[kind]).replace("@@", secret)
        carrier = source.choice(
            (text, {"result": {"stdout": text}}, {"arguments": json.dumps({"text": text})})
        )
        if has_most(secret, json.dumps(REDACTOR.redact_payload(carrier))):
            missed.append(text)
    return missed


@pytest.mark.slow
def test_spoken_secrets_are_found() -> None:
    missed = _misses_spoken(1, SAMPLE)
    assert len(missed) <= (1 - SPOKEN_GOAL) * SAMPLE, missed


@pytest.mark.redteam
@pytest.mark.parametrize("seed", range(2, 7))
def test_spoken_secrets_are_found_at_length(seed: int) -> None:
    missed = _misses_spoken(seed, 1_000)
    assert len(missed) <= (1 - SPOKEN_GOAL) * 1_000, missed


@pytest.mark.slow
def test_unknown_secrets_are_found() -> None:
    missed = _misses_plain(1)
    assert len(missed) <= (1 - PLAIN_GOAL) * len(NAMES), missed


@pytest.mark.slow
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

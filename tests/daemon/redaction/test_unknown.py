"""Secrets that no vault knows, plain and encoded once."""

import base64
import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tenant_daemon.redaction import Redactor
from tenant_daemon.redaction.ruleset import expand

REDACTOR = Redactor([])
TEXTS = [
    expand(template)
    for template in (
        "DB_PASSWORD={a14}",
        'export SECRET_KEY_BASE="{a32}"',
        "stripe_key: {a24}",
        "<password>{a10}!</password>",
        "my password is {a10}7",
        "Zugangsdaten: admin / {a9}!4",
        "mongodb+srv://app:{a12}@cluster.example.net/shop",
        "Authorization: Basic {b40}",
        "Cookie: session={a40}; theme=dark",
        "ghp_{a36}",
        "AKIAABCDEFGHIJKLMNOP",
        "eyJhbGciOiJIUzI1NiJ9.eyJ{w60}.{w43}",
        "$2y$10${a53}",
        "-----BEGIN EC PRIVATE KEY-----\n{b64}\n{b64}\n-----END EC PRIVATE KEY-----",
        "curl -u admin:{a12} https://example.org",
        "mysqldump -uroot -p{a14} shop",
        "machine example.org login me password {a14}",
        "A{a20}b{a20}1C{a20}2d9",
    )
]
ENCODINGS = {
    "plain": lambda s: s,
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "hex": lambda s: s.encode().hex(),
    "url": lambda s: "".join(f"%{b:02X}" for b in s.encode()),
    "escapes": lambda s: "".join(f"\\u{ord(c):04x}" for c in s),
    "json": lambda s: json.dumps(json.dumps({"output": s})),
}


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("text", TEXTS[:-1], ids=range(len(TEXTS) - 1))
def test_secret_is_found(text: str, name: str) -> None:
    assert "[REDACTED:" in REDACTOR.redact(f"see:\n{ENCODINGS[name](text)}\nok")


def test_random_string_is_found() -> None:
    assert REDACTOR.redact(f"use {TEXTS[-1]} for it") == "use [REDACTED:high-entropy] for it"


def test_keys_are_told_by_their_bodies() -> None:
    """Without the lines around them: a private key goes, a public one stays."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    said = {name: base64.b64encode(raw).decode() for name, raw in (("own", private), ("other", public))}
    redactor = Redactor([])
    assert redactor.redact(f"it is {said['own']}, ok") == "it is [REDACTED:private-key], ok"
    assert redactor.redact(f"it is {said['other']}, ok") == f"it is {said['other']}, ok"

"""
Layer 4: values that stand under a name which says that they are secret.

Reason: many secrets look like nothing (``hunter22``); the field's name is the only sign. It comes last
because it knows least: it goes by the name and by whether the value could be a secret at all.
"""

import re

from tenant_daemon.redaction.findings import Finding
from tenant_daemon.redaction.leaves import Leaf, LeafKind, whole_leaf
from tenant_daemon.redaction.plausibility import looks_like_secret

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_WORDS = frozenset(
    ["password", "passwd", "passwort", "kennwort", "pwd", "passphrase", "passcode", "secret", "secrets", "credential", "credentials", "apikey", "accesskey", "secretkey", "privatekey", "authtoken", "accesstoken", "refreshtoken", "bearer", "pin", "otp", "totp", "mnemonic"]
)
_SECRET_PAIRS = frozenset(
    ["api key", "access key", "private key", "secret key", "encryption key", "signing key", "master key", "auth token", "access token", "refresh token", "id token", "session token", "bearer token", "api token", "bot token", "session key", "session cookie", "recovery code", "backup code", "client secret", "shared key", "service key", "account key", "license key", "app key", "webhook secret", "seed phrase", "auth key", "security token", "deploy token", "csrf token", "session id", "jwt token"]
)
_SECRET_ALONE = frozenset({"token", "authorization", "cookie", "jwt", "pass", "auth", "apikey", "psk"})
# ``password_hint`` or ``token_count`` tells about a secret without being one.
_ABOUT = frozenset(
    ["count", "counts", "limit", "limits", "length", "size", "type", "types", "name", "names", "hint", "policy", "url", "uri", "endpoint", "path", "file", "id", "ids", "expires", "expiry", "expiration", "ttl", "usage", "used", "max", "min", "total", "description", "label", "field", "header", "prefix", "rotation", "enabled", "required", "updated", "created", "changed", "at", "strength", "budget", "algorithm", "format", "scope", "status", "ref", "reference", "version", "fingerprint", "last", "public"]
)


def key_kind(name: str) -> str | None:
    """The kind of secret that a field's name announces, ``password`` or ``api-key``; None for none."""
    words = [word.lower() for word in _WORDS.findall(name[:80])]
    if not words or words[-1] in _ABOUT or "public" in words:
        return None
    if any(f"{first} {second}" in _SECRET_PAIRS for first, second in zip(words, words[1:], strict=False)):
        return "-".join(words[-2:])
    for word in words:
        if word in _SECRET_WORDS:
            return word
    return words[-1] if words[-1] in _SECRET_ALONE else None


def find_in_leaf(leaf: Leaf) -> Finding | None:
    """The whole leaf, when its field's name says that it is secret and the value may be one."""
    if leaf.kind is not LeafKind.TEXT or not leaf.text or len(leaf.text) > 8_192:
        return None
    kind = key_kind(leaf.key)
    if kind is None and leaf.key in {"value", "Value"} and leaf.parent is not None:
        # ``{"name": "DB_PASSWORD", "value": "..."}``, as Kubernetes and many tools write variables.
        names = (leaf.parent.get(field) for field in ("name", "Name", "key", "Key"))
        kind = next((found for name in names if isinstance(name, str) and (found := key_kind(name))), None)
    if (
        kind is None
        or (" " in leaf.text.strip()
        and kind not in {"passphrase", "phrase", "mnemonic", "password"})
    ):
        return None
    return whole_leaf(leaf, kind) if looks_like_secret(leaf.text) else None

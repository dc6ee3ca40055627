"""
Layer 4: values that stand under a name which says that they are secret.

Reason: many secrets look like nothing (``hunter22``); the field's name is the only sign. It comes last
because it knows least: it goes by the name and by whether the value could be a secret at all.
"""

import re
import tomllib
from importlib.resources import files
from itertools import pairwise

from tenant_daemon.redaction.findings import Finding
from tenant_daemon.redaction.leaves import Leaf, LeafKind, whole_leaf
from tenant_daemon.redaction.plausibility import looks_like_secret

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NAMES: dict[str, str] = tomllib.loads(
    files("tenant_daemon.redaction").joinpath("field_names.toml").read_text()
)
_SECRET_WORDS = frozenset(_NAMES["words"].split())
_SECRET_PAIRS = frozenset(tuple(pair.split("_")) for pair in _NAMES["pairs"].split())
_SECRET_LAST = frozenset(_NAMES["last"].split())
_ABOUT = frozenset(_NAMES["about"].split())


def key_kind(name: str) -> str | None:
    """The kind of secret that a field's name announces, ``password`` or ``api-key``; None for none."""
    words: list[str] = [word.lower() for word in _WORDS.findall(name[:80])]
    if not words or words[-1] in _ABOUT or "public" in words:
        return None
    if any(pair in _SECRET_PAIRS for pair in pairwise(words)):
        return "-".join(words[-2:])
    for word in words:
        if word in _SECRET_WORDS:
            return word
    return words[-1] if words[-1] in _SECRET_LAST else None


def find_in_leaf(leaf: Leaf) -> Finding | None:
    """The whole leaf, when its field's name says that it is secret and the value may be one."""
    if leaf.kind is not LeafKind.TEXT or not leaf.text or len(leaf.text) > 8_192:
        return None
    kind = key_kind(leaf.key)
    if kind is None and leaf.key in {"value", "Value"} and leaf.parent is not None:
        # ``{"name": "DB_PASSWORD", "value": "..."}``, as Kubernetes and many tools write variables.
        names = (leaf.parent.get(field) for field in ("name", "Name", "key", "Key"))
        kind = next((found for name in names if isinstance(name, str) and (found := key_kind(name))), None)
    if kind is None or (
        " " in leaf.text.strip() and kind not in {"passphrase", "phrase", "mnemonic", "password"}
    ):
        return None
    return whole_leaf(leaf, kind) if looks_like_secret(leaf.text) else None

"""Tokens that are shown once and kept as a hash."""

import hashlib
import secrets


def new_token(prefix: str) -> str:
    """A random token of 256 bits with a prefix that scanners and people recognise."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def token_hash(token: str) -> str:
    """
    SHA-256 of a token, hex: what is stored and looked up.

    A plain hash is right here and wrong for passwords: the token has 256 random bits to begin with.
    """
    return hashlib.sha256(token.encode()).hexdigest()

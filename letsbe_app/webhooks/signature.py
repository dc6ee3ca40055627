"""
Signatures of webhooks, symmetric, version 1 of https://www.standardwebhooks.com. Pure.

Receivers check them with any library of that specification.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Final

PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32
"""The specification asks for 24 to 64."""


def new_secret() -> str:
    """A fresh secret as its owner is shown it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signed_headers(keys: Sequence[str], message_id: str, timestamp: int, payload: bytes) -> dict[str, str]:
    """
    The headers of one message.

    Args:
        keys: Secrets that count now; while one replaces another there are two, and each signs.
        message_id: The same at every try of the same event.
        timestamp: Seconds since 1970 of this try: receivers refuse what is old.
        payload: The body as it is sent, to the byte.
    """
    signed = f"{message_id}.{timestamp}.".encode() + payload
    signatures = [f"v1,{_signature(key, signed)}" for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()

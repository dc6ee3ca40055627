"""
Time-based one-time codes (RFC 6238 over RFC 4226): SHA-1, six digits, 30 seconds, as every authenticator app
speaks them. Pure.
"""

import base64
import hashlib
import hmac
import secrets
from typing import Final
from urllib.parse import quote, urlencode

STEP_SECONDS: Final = 30
DIGITS: Final = 6
SECRET_BYTES: Final = 20
_DRIFT_STEPS: Final = 1
"""A code is good one step early and late: phones' clocks differ."""


def new_secret() -> bytes:
    """A secret of the length that RFC 4226 section 4 recommends."""
    return secrets.token_bytes(SECRET_BYTES)


def code_at(secret: bytes, step: int) -> str:
    """The code of a step (seconds since 1970, divided by 30)."""
    digest = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_step(secret: bytes, code: str, now_seconds: float, used_step: int) -> int | None:
    """
    The step that the code belongs to, None for a wrong code.

    Args:
        secret: The person's.
        code: As typed, spaces allowed.
        now_seconds: Seconds since 1970.
        used_step: The newest step that was used before: a code counts once (RFC 6238 section 5.2).
    """
    typed = code.replace(" ", "").encode()
    now = int(now_seconds) // STEP_SECONDS
    for step in range(now - _DRIFT_STEPS, now + _DRIFT_STEPS + 1):
        if step > used_step and hmac.compare_digest(code_at(secret, step).encode(), typed):
            return step
    return None


def as_text(secret: bytes) -> str:
    """The secret as people type it."""
    return base64.b32encode(secret).decode()


def app_address(secret: bytes, email: str, issuer: str = "LetsBe Biz") -> str:
    """What the QR code holds: an address that authenticator apps take."""
    query = urlencode({"secret": as_text(secret), "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS})
    return f"otpauth://totp/{quote(issuer)}:{quote(email)}?{query}"

"""Base58 as Bitcoin writes it: the standard library has none."""

_ALPHABET = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LONGEST = 512
"""Longer input is not written in base58 by anybody, and the conversion is quadratic."""


def base58_encode(data: bytes) -> bytes:
    """``data`` in base58; empty when it is longer than 512 bytes."""
    if len(data) > _LONGEST:
        return b""
    number = int.from_bytes(data, "big")
    digits = bytearray()
    while number:
        number, digit = divmod(number, 58)
        digits.append(_ALPHABET[digit])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return _ALPHABET[:1] * zeros + bytes(reversed(digits))

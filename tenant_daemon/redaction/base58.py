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


def base58_decode(text: bytes) -> bytes | None:
    """The bytes behind ``text``; None when it is not base58 or too long."""
    number = 0
    if len(text) > 2 * _LONGEST:
        return None
    for character in text:
        digit = _ALPHABET.find(character)
        if digit < 0:
            return None
        number = number * 58 + digit
    zeros = len(text) - len(text.lstrip(_ALPHABET[:1]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")

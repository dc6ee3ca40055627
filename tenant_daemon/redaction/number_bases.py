"""Bytes written as one large number, in bases that the standard library does not have."""

BASE36 = b"0123456789abcdefghijklmnopqrstuvwxyz"
BASE58 = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BASE62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE45 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def in_base(number: int, alphabet: bytes) -> bytes:
    """``number`` with the digits of ``alphabet``; quadratic, so for short input only."""
    base = len(alphabet)
    digits = bytearray()
    while number:
        number, digit = divmod(number, base)
        digits.append(alphabet[digit])
    return bytes(reversed(digits))


def base45_encode(data: bytes) -> bytes:
    """``data`` in base45 (RFC 9285), as QR codes carry it."""
    digits = bytearray()
    for start in range(0, len(data), 2):
        pair = data[start : start + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            number, digit = divmod(number, 45)
            digits.append(_BASE45[digit])
    return bytes(digits)

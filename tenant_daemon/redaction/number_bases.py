"""Bytes written as one large number, in bases that the standard library does not have."""

BASE36 = b"0123456789abcdefghijklmnopqrstuvwxyz"
BASE58 = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BASE62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BASE45 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


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
            digits.append(BASE45[digit])
    return bytes(digits)


BASE91 = b'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&()*+,./:;<=>?@[]^_`{|}~"'
_SMALL_REST = 88
"""Up to this rest a pair of characters holds 14 bits, and 13 otherwise."""


def base91_encode(data: bytes) -> bytes:
    """``data`` in basE91: 13 or 14 bits for two characters."""
    digits = bytearray()
    waiting = size = 0
    for byte in data:
        waiting |= byte << size
        size += 8
        if size > 13:
            number, used = waiting & 0x1FFF, 13
            if number <= _SMALL_REST:
                number, used = waiting & 0x3FFF, 14
            waiting >>= used
            size -= used
            digits += bytes((BASE91[number % 91], BASE91[number // 91]))
    if size:
        digits.append(BASE91[waiting % 91])
        if size > 7 or waiting > 90:
            digits.append(BASE91[waiting // 91])
    return bytes(digits)


def base91_decode(written: bytes) -> bytes:
    """The bytes behind basE91, as far as it goes."""
    data = bytearray()
    waiting = size = 0
    for low, high in zip(written[::2], written[1::2], strict=False):
        if low not in BASE91 or high not in BASE91:
            break
        number = BASE91.index(low) + BASE91.index(high) * 91
        waiting |= number << size
        size += 13 if number & 0x1FFF > _SMALL_REST else 14
        while size > 7:
            data.append(waiting & 0xFF)
            waiting >>= 8
            size -= 8
    return bytes(data)

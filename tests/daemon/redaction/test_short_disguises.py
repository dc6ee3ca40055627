"""Disguises that are looked for in short texts: read out, numbered, in other alphabets, said how to undo."""

import base64
import binascii
from collections.abc import Callable

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor
from tenant_daemon.redaction.number_bases import base45_encode, base91_decode, base91_encode

SECRET = "kV9mQ2xLp7zR4wT8nBc3"
TOKEN = "figd_" + "aB3xYz9QwErTy7UiOpAs4Df5Gh6Jk7Lz8Xc9Vb0N"
LOWER = "ghp_" + "16c7e42f292c6912e7710c838347ae178b4a"
REDACTOR = Redactor([KnownSecret("key", SECRET)])
CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789_"
SPOKEN = """
alfa bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec
romeo
sierra tango uniform victor whiskey xray yankee zulu zero one two three four five six seven eight nine
underscore
"""
CODES = """
.- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..
----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----. ..--.-
"""
NATO = dict(zip(CHARACTERS, SPOKEN.split(), strict=True))
DIGITS = SPOKEN.split()[26:36]
MORSE = dict(zip(CHARACTERS, CODES.split(), strict=True))
DOTS = (1, 3, 9, 25, 17, 11, 27, 19, 10, 26, 5, 7, 13, 29, 21, 15, 31, 23, 14, 30, 37, 39, 58, 45, 61, 53)


def _nato(text: str) -> str:
    return " ".join(NATO[c.lower()].upper() if c.isupper() else NATO[c] for c in text)


def _read_out(text: str) -> str:
    return " ".join(DIGITS[int(c)] if c.isdigit() else f"capital {c}" if c.isupper() else c for c in text)


def _braille(text: str) -> str:
    def sign(c: str) -> str:
        if c.isdigit():
            return chr(0x283C) + chr(0x2800 + DOTS["1234567890".index(c)])
        if not c.isalpha():
            return c
        return ("\u2820" if c.isupper() else "") + chr(0x2800 + DOTS[ord(c.lower()) - 97])

    return "".join(map(sign, text))


def _bits(zero: str, one: str) -> Callable[[str], str]:
    return lambda text: "".join(f"{byte:08b}" for byte in text.encode()).translate({48: zero, 49: one})


def _shuffled(text: str) -> str:
    order = sorted(range(len(text)), key=lambda number: (number * 7 + 3) % len(text))
    return ", ".join(f"{number}:{text[number]}" for number in order)


def _pieces(text: str) -> str:
    size = len(text) // 3
    cuts = [text[:size], text[size : 2 * size], text[2 * size :]]
    return "\n".join(f"part {number + 1}: {cuts[number]}" for number in (1, 2, 0))


def _grouped(mark: str, size: int) -> Callable[[str], str]:
    return lambda text: mark.join(text[at : at + size] for at in range(0, len(text), size))


def _xored(text: str) -> str:
    return f"xor with 0x5a: {bytes(byte ^ 0x5A for byte in text.encode()).hex()}"


def _moved(text: str) -> str:
    return "".join(
        chr((ord(c) - base + 5) % 26 + base)
        if (base := 97 if c.islower() else 65 if c.isupper() else 0)
        else c
        for c in text
    )


def _selectors(text: str) -> str:
    return "ok" + "".join(chr(0xE0100 + byte - 16) for byte in text.encode())


def _words_of_four(text: str) -> str:
    raw = text.encode() + b"\0" * (-len(text) % 4)
    return ", ".join(f"0x{raw[at : at + 4][::-1].hex()}" for at in range(0, len(raw), 4))


def _uuencoded(text: str) -> str:
    plain = base64.b64encode(text.encode()).decode().rstrip("=")
    table = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return "H" + "".join(chr(32 + table.index(c)) if c != "A" else "`" for c in plain)


def _base36(text: str) -> str:
    number, digits = int.from_bytes(text.encode(), "big"), ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


EITHER: list[Callable[[str], str]] = [
    _nato,
    _read_out,
    _braille,
    _bits("\u200b", "\u200c"),
    _bits("░", "█"),
    _shuffled,
    _pieces,
    _grouped("[.]", 3),
    _grouped("****", 2),
    _xored,
    _selectors,
    lambda text: "x" + "".join(chr(0xE0000 + ord(c)) for c in text),
    _words_of_four,
    _uuencoded,
    _base36,
    lambda text: "".join(f"\\text{{{c}}}" for c in text),
    lambda text: ", ".join(f"(byte)0x{byte:02x}" for byte in text.encode()),
    lambda text: ", ".join(f"{byte}u8" for byte in text.encode()),
    lambda text: "".join(f"\x1b[3{number % 7}m{c}" for number, c in enumerate(text)),
    lambda text: base45_encode(text.encode()).decode(),
    lambda text: text.encode().hex().translate(str.maketrans("0123456789abcdef", "abcdefghijklmnop")),
]


@pytest.mark.parametrize("disguise", EITHER)
@pytest.mark.parametrize("secret", [SECRET, TOKEN], ids=["known", "unknown"])
def test_secret_is_found(disguise: Callable[[str], str], secret: str) -> None:
    shown = disguise(secret)
    for text in (f"see:\n{shown}\n", f"see:\n{shown}\nthat is all"):
        redacted = REDACTOR.redact(text)
        assert shown[len(shown) // 3 : -len(shown) // 3] not in redacted
        assert "SECRET_REF(key)" in redacted or "[REDACTED:" in redacted


@pytest.mark.parametrize(
    "shown", [" ".join(MORSE[c] for c in LOWER), " ".join(MORSE[c] for c in SECRET.lower())]
)
def test_morse_is_read(shown: str) -> None:
    assert shown[20:60] not in REDACTOR.redact(f"morse: {shown}\n")


@pytest.mark.parametrize("disguise", [_moved, lambda text: f"vigenere, key FFFFF: {_moved(text)}"])
def test_moved_letters_of_a_known_secret_are_found(disguise: Callable[[str], str]) -> None:
    shown = disguise(SECRET)
    assert _moved(SECRET) in shown
    assert _moved(SECRET) not in REDACTOR.redact(f"it is {shown} now")


@pytest.mark.parametrize(
    "text",
    [
        "Alfa Bravo Charlie are the first words of the alphabet; Zulu is the last. One, two, three, four!",
        "Morse for SOS is ... --- ... and a line is - - - - - - - - - -",
        "part 1: the introduction, part 2: the numbers, part 3: the plan for 2026",
        "1. milk\n2. bread\n3. eggs\n4. a lamp for the desk\n",
        "The Caesar cipher moves letters; xor with 0x2a is no better. Shift plan: A, B, C from 6 to 14 h.",
        "colours: aa:bb:cc:dd:ee:ff:00:11, 192.168.100.200, 2026-11-22|2026-11-23|2026-11-24|2026-11-25",
        "\x1b[32mINFO\x1b[0m started in \x1b[1m31\x1b[0m ms",
        "flags 🇩🇪🇫🇷🇮🇹🇪🇸🇵🇱🇳🇱 and ⠓⠑⠇⠇⠕ in braille, bars ░░░░░░░░████████░░░░░░░░",
        "new byte[]{(byte)0xca, (byte)0xfe, (byte)0xba, (byte)0xbe, (byte)0x00, (byte)0x34}",
    ],
)
def test_text_stays(text: str) -> None:
    assert REDACTOR.redact(text) == text


def test_text_behind_a_flag_stays() -> None:
    line = '["🇩🇪 Kunden in Deutschland: {} bitte nicht weitergeben", null]'
    assert REDACTOR.redact(line.format(SECRET)) == line.format("SECRET_REF(key)")


@pytest.mark.parametrize("raw", [b"", b"ab", b"hello there", bytes(range(256))])
def test_base91_comes_back_but_for_a_last_single_character(raw: bytes) -> None:
    decoded = base91_decode(base91_encode(raw))
    assert raw.startswith(decoded)
    assert len(raw) - len(decoded) <= 1


def test_token_in_base91_is_found() -> None:
    shown = base91_encode(TOKEN.encode()).decode()
    assert shown[4:] not in REDACTOR.redact(f"see {shown}\n")


def test_token_in_uuencode_with_blanks_is_found() -> None:
    token = "xoxb-" + "275345467650-5763434707414-9sNc2pQd7uTbXw4KjZm8RvAy"
    shown = binascii.b2a_uu(token[:45].encode()).decode()
    assert " " in shown.strip()
    assert shown[10:-10] not in REDACTOR.redact(f"begin 644 f\n{shown}end\n")


def test_marks_among_numbered_characters_are_pieces_too() -> None:
    """A dash behind a colon is the character, and no part of an arrow."""
    secret = "zK3i-wm:6C"
    shown = " ".join(f"{number}:{character}" for number, character in enumerate(secret))
    text = Redactor([KnownSecret("key", secret)]).redact(f"see {shown} ok")
    assert text == "see 0:SECRET_REF(key) ok"

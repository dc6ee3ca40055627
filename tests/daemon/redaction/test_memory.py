"""A secret of the vault as debuggers, calculators and loops over its characters print it."""

import json
import unicodedata
from collections.abc import Callable

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

SECRET = "Vr8-kQ2m+Zw5xT9bLc4e"
FOREIGN = "Ab7é-Kw3xłQ9pTz2m"
WORDS = "orchid-lantern-velvet-harbor-318"
REDACTOR = Redactor(
    KnownSecret(name, value) for name, value in {"key": SECRET, "foreign": FOREIGN, "words": WORDS}.items()
)


def _words(raw: bytes, size: int) -> list[int]:
    return [int.from_bytes(raw[i : i + size], "little") for i in range(0, len(raw), size)]


def _debugger(form: str, size: int, per_line: int) -> Callable[[str], str]:
    def show(value: str) -> str:
        words = _words(value.encode(), size)
        lines = []
        for start in range(0, len(words), per_line):
            label = f"<api_key+{start * size}>" if start else "<api_key>"
            row = "".join(f"\t{format(word, form)}" for word in words[start : start + per_line])
            lines.append(f"0x{0x4020 + start * size:x} {label}:{row}")
        return "\n".join(lines)

    return show


def _columns(size: int, form: str, per_line: int) -> Callable[[str], str]:
    def show(value: str) -> str:
        words = _words(value.encode(), size)
        return "\n".join(
            f"{start * size:07o}"
            + "".join(" " + format(word, form) for word in words[start : start + per_line])
            for start in range(0, len(words), per_line)
        )

    return show


def _number(value: str) -> int:
    return int.from_bytes(value.encode(), "big")


SHOWN: dict[str, Callable[[str], str]] = {
    "words of four bytes": _debugger("#010x", 4, 4),
    "words of eight bytes": _debugger("#018x", 8, 2),
    "decimals": _debugger("d", 1, 8),
    "halves": _debugger("d", 2, 8),
    "octal": _debugger("04o", 1, 8),
    "bits": _debugger("08b", 1, 8),
    "od -tx8": _columns(8, "016x", 2),
    "od -to4": _columns(4, "011o", 4),
    "od -td4": _columns(4, " >11d", 4),
    "od -td8": _columns(8, " >20d", 2),
    "od -tu2": _columns(2, " >5d", 8),
    "code": lambda value: "".join(
        f"  {number:2x}:\t48 ba\tmovabs $0x{word:x},%rdx\n"
        for number, word in enumerate(_words(value.encode(), 8))
    ),
    "number in bits": lambda value: bin(_number(value)),
    "number in octal digits": lambda value: oct(_number(value)),
    "wrapped by a calculator": lambda value: (
        f"{_number(value):b}"[:68] + "\\\n" + f"{_number(value):b}"[68:] + "\n"
    ),
    "lowest bits first": lambda value: "".join(f"{byte:08b}"[::-1] for byte in value.encode()),
    "array of floats": lambda value: "[" + " ".join(f"{byte}." for byte in value.encode()) + "]",
    "list of floats": lambda value: str([float(byte) for byte in value.encode()]),
    "hex with h": lambda value: " ".join(f"{byte:02X}h" for byte in value.encode()),
}
OF_ASCII: dict[str, Callable[[str], str]] = {
    "codes and characters": lambda value: "{" + ", ".join(f"{ord(c)} '{c}'" for c in value) + "}",
    "characters and codes": lambda value: str([(c, ord(c)) for c in value]),
    "lines": lambda value: "\n".join(f"{c} = {ord(c)}" for c in value),
    "entries": lambda value: "[ " + ", ".join(f"[ '{i}', '{c}' ]" for i, c in enumerate(value)) + " ]",
    "names": lambda value: str([unicodedata.name(c) for c in value]),
}


def _leaks(text: str, shown: str) -> bool:
    return any(line in text for line in shown.split("\n") if len(line) > 16) or shown in text


@pytest.mark.parametrize("secret", [SECRET, FOREIGN, WORDS], ids=["key", "foreign", "words"])
@pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN)
def test_memory_is_read(show: Callable[[str], str], secret: str) -> None:
    shown = show(secret)
    text = REDACTOR.redact(f"(gdb)\n{shown}\ndone\n")
    assert "SECRET_REF" in text
    assert not _leaks(text, shown)
    assert text.startswith("(gdb)\n")
    assert text.endswith("done\n")


@pytest.mark.parametrize("secret", [SECRET, WORDS], ids=["key", "words"])
@pytest.mark.parametrize("show", OF_ASCII.values(), ids=OF_ASCII)
def test_characters_beside_their_codes_and_places_are_read(show: Callable[[str], str], secret: str) -> None:
    shown = show(secret)
    text = REDACTOR.redact(f"out:\n{shown}\n")
    assert "SECRET_REF" in text
    assert not _leaks(text, shown)


@pytest.mark.parametrize("form", ["#010x", "d"])
def test_memory_is_held_until_it_is_whole(form: str) -> None:
    stream = REDACTOR.stream()
    shown = _debugger(form, 4, 1)(SECRET) + "\nready\n"
    text = "".join(stream.feed(shown[start : start + 7]) for start in range(0, len(shown), 7))
    text += stream.finish()
    assert "SECRET_REF(key)" in text
    assert not _leaks(text, shown)


@pytest.mark.parametrize(
    "text",
    [
        "0x7f3a1c2b4000 <main+18>:\t0x00000001\t0xffffffff\t0x0804a010\t0x00000000\n",
        "years: 1998, 2003, 2009, 2014, 2018, 2024; sales: 10250, 11480, 12990, 14020, 15550",
        "inodes 18874368 20971520 33554432 67108864 and 134217728 blocks",
        "weights = [104.5, 97.25, 110.0, 98.75, 120.0, 101.5, 99.0, 105.25, 100.0]",
        "A = 12\nB = 45\nC = 78\nD = 23\nE = 91\nF = 34\nG = 56\n",
        "the letters are LATIN SMALL LETTER E WITH ACUTE and LATIN CAPITAL LETTER O WITH DIAERESIS",
        "id,name,amount\n1,Miller,1290.50\n2,Meyer,88.00\n3,Schulz,17.25\n",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert REDACTOR.redact(text) == text


@pytest.mark.parametrize("secret", [SECRET, WORDS], ids=["key", "words"])
def test_part_without_beginning_and_end_is_found(secret: str) -> None:
    part = secret[3:-3]
    assert REDACTOR.redact(f"...{part}... was cut").replace("SECRET_REF", "") != f"...{part}... was cut"
    assert part not in REDACTOR.redact(f"...{part}... was cut")


@pytest.mark.parametrize(
    "shown",
    [
        "".join(f"\\x{{{ord(character):x}}}" for character in FOREIGN),
        "  ".join(
            character if character.isascii() else "  ".join(f"{byte:03o}" for byte in character.encode())
            for character in FOREIGN
        ),
        json.dumps("\f".join(FOREIGN)),
    ],
    ids=["braces", "od -c", "form feeds"],
)
def test_foreign_letters_are_read_in_rarer_escapes(shown: str) -> None:
    assert REDACTOR.redact(f"is {shown} so") in ("is SECRET_REF(foreign) so", 'is "SECRET_REF(foreign)" so')


@pytest.mark.parametrize(
    "row",
    ["{number},{piece}", "{number};{piece};x", '  <p i="{number}">{piece}</p>', "== {number} ==\n{piece}"],
)
def test_pieces_in_rows_and_elements_are_read_as_one(row: str) -> None:
    pieces = [SECRET[start : start + 5] for start in range(0, len(SECRET), 5)]
    text = "\n".join(row.format(number=number, piece=piece) for number, piece in enumerate(pieces))
    told = REDACTOR.redact(text)
    assert "SECRET_REF(key)" in told
    assert not any(piece in told for piece in pieces)

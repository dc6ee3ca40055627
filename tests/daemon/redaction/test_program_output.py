"""Secrets of the vault as programs show them that were not written to hide anything."""

import base64
import binascii
import io
import lzma
import zipfile

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

SECRET = 'Qw7%nL&0d"ACY\\x9Je'
EMOJI = "mK4v\U0001f511VEpJdC\U0001f419kDjQ"
UMLAUT = "Grüßen-äpfel7Zk"
WORDS = "orchid ember kettle gazelle"
KEY = "vR5wLq9ZbX2mKv8C"
LARGE = "Zr4" * 300 + "!"
LONG = "".join(
    base64.b64encode(bytes(range(start, start + 48))).decode() + "\n" for start in range(0, 192, 48)
)
REDACTOR = Redactor(
    KnownSecret(name, value)
    for name, value in {
        "punctuated": SECRET,
        "emoji": EMOJI,
        "umlaut": UMLAUT,
        "words": WORDS,
        "key": KEY,
        "long": LONG,
        "large": LARGE,
    }.items()
)


def _rows(cells: list[str], width: int) -> str:
    lines = [cells[start : start + width] for start in range(0, len(cells), width)]
    return "".join(f"{number * 16:07o}{''.join(line)}\n" for number, line in enumerate(lines))


def _od_words(value: str) -> str:
    raw = value.encode() + b"\n"
    words = [int.from_bytes(raw[i : i + 2], "little") for i in range(0, len(raw), 2)]
    return _rows([f" {word:5d}" for word in words], 8)


def _od_names(value: str) -> str:
    names = {0x20: "sp", 0x0A: "nl", 0x1F: "us", 0x1C: "fs", 0x11: "dc1", 0x14: "dc4", 0x04: "eot"}
    cells = [names.get(byte & 127, chr(byte & 127)) for byte in value.encode() + b"\n"]
    return _rows([f" {cell:>3}" for cell in cells], 16)


def _zip_dump(value: str) -> str:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("app/config.env", f"# settings of the app\nAPI_KEY={value}\n" * 3)
    raw = file.getvalue()
    return "".join(
        f"{start:08x}: {raw[start : start + 16].hex(' ', 2)}  ................\n"
        for start in range(0, len(raw), 16)
    )


def _uu_lines(value: str) -> str:
    raw = value.encode()
    return "".join(binascii.b2a_uu(raw[start : start + 45]).decode() for start in range(0, len(raw), 45))


def _rich_text(value: str) -> str:
    wide = value.encode("utf-16-le")
    units = [int.from_bytes(wide[i : i + 2], "little", signed=True) for i in range(0, len(wide), 2)]
    return "{\\rtf1 " + "".join(chr(u) if 0 < u < 128 else f"\\u{u}?" for u in units) + "\\par}"


SHOWN = {
    "od -d": (_od_words, SECRET),
    "od -a of words": (_od_names, WORDS),
    "od -a without the highest bit": (_od_names, UMLAUT),
    "a zip archive in xxd": (_zip_dump, SECRET),
    "uuencode without its first line": (_uu_lines, LONG),
    "rich text": (_rich_text, EMOJI),
    "the first halves of its characters": (
        lambda value: (
            "[\n  " + ",\n  ".join(str(ord(c)) if ord(c) < 65536 else "55357" for c in value) + "\n]"
        ),
        EMOJI,
    ),
    "bytes of UTF-8 in calls": (lambda value: ".".join(f"chr({b})" for b in value.encode()), UMLAUT),
    "hex of an assembler": (lambda value: "db " + ",".join(f"0{b:02X}h" for b in value.encode()), KEY),
    "numbered characters": (lambda value: repr(list(enumerate(value))), KEY),
    "a numbered list of pieces": (
        lambda value: "\n".join(f"{i // 6 + 1}. {value[i : i + 6]}" for i in range(0, len(value), 6)),
        KEY,
    ),
    "bold letters": (lambda value: "".join(f"{c}\\b{c}" for c in value), KEY),
    "underlined words": (lambda value: "".join(f"_\\b{c}" for c in value), WORDS),
    "bold blanks": (lambda value: "".join(f"{c}\b{c}" for c in value), WORDS),
    "a link of a terminal": (
        lambda value: f"\x1b]8;;https://a.example/\x1b\\{value[:6]}\x1b]8;;\x1b\\{value[6:]}",
        KEY,
    ),
    "colours that cat -v shows": (
        lambda value: "".join(f"^[[1;3{i % 7}m{c}" for i, c in enumerate(value)),
        KEY,
    ),
    "colours with colons": (
        lambda value: "".join(f"\x1b[38:2::{i}:1:2m{c}" for i, c in enumerate(value)),
        KEY,
    ),
    "xz --format=lzma": (
        lambda value: base64.b64encode(lzma.compress(value.encode(), format=lzma.FORMAT_ALONE)).decode(),
        KEY,
    ),
    "one large number": (lambda value: str(int.from_bytes(value.encode(), "big")), LARGE),
}


LEFT = {"a zip archive in xxd": 0.8}
"""The share that may stay; an archive has a directory as well."""


@pytest.mark.parametrize("how", SHOWN)
def test_secret_is_found_in_what_a_program_shows(how: str) -> None:
    show, secret = SHOWN[how]
    shown = show(secret)

    redacted = REDACTOR.redact(shown)

    assert "SECRET_REF(" in redacted
    assert len(redacted) < LEFT.get(how, 0.6) * len(shown) + len("SECRET_REF(punctuated)")


@pytest.mark.parametrize("head", ["28b52ffd", "04224d18", "377abcaf271c", "526172211a07"])
def test_data_that_cannot_be_unpacked_is_not_passed_on(head: str) -> None:
    packed = base64.b64encode(bytes.fromhex(head) + bytes(range(200, 256))).decode()

    assert REDACTOR.redact(f"archive: {packed}\n") == "archive: [REDACTED:unread-data]\n"


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("backup5774?", "run the backup of the shop"),
        ("Passwort350!", 'label = "Password"'),
        ("fae3e41", "the workload of items"),
    ],
)
def test_word_in_a_dump_is_no_secret_that_begins_with_it(secret: str, text: str) -> None:
    redactor = Redactor([KnownSecret("weak", secret)])

    for shown in (text.encode().hex(), text.encode().hex(" ", 2), text.encode().hex(":")):
        assert redactor.redact(shown) == shown

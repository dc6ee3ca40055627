"""Known secrets in files that mail and version control put into armour, and in words of several bytes."""

import base64
import binascii
import json
import struct
import zlib

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

SECRET = "pX4mQ8vT2kRz7LwYc9Hn5BdG"
FILE = f"HOST=db\nKEY={SECRET}\nPORT=5432\n".encode()
REDACTOR = Redactor([KnownSecret("key", SECRET)])


def _patch(content: bytes) -> str:
    packed = zlib.compress(content)
    lines = []
    for start in range(0, len(packed), 52):
        piece = packed[start : start + 52]
        mark = chr(64 + len(piece)) if len(piece) <= 26 else chr(70 + len(piece))
        lines.append(mark + base64.b85encode(piece + bytes(-len(piece) % 4)).decode())
    head = f"GIT binary patch\nliteral {len(content)}\n"
    return head + "\n".join(lines) + "\n\nliteral 0\nHcmV?d00001\n"


def _mail(content: bytes) -> str:
    lines = (binascii.b2a_uu(content[at : at + 45]).decode() for at in range(0, len(content), 45))
    return "begin 644 settings\n" + "".join(lines) + "`\nend\n"


@pytest.mark.parametrize(
    "shown",
    [
        _patch(FILE),
        _patch(b"\0" + FILE),
        _mail(FILE),
        base64.a85encode(FILE, adobe=True, wrapcol=40).decode(),
        json.dumps({"diff": _patch(FILE)}),
    ],
)
def test_a_file_in_armour_is_read(shown: str) -> None:
    redacted = REDACTOR.redact(f"As follows:\n{shown}\nBye.")
    assert "SECRET_REF(key)" in redacted
    assert redacted.startswith("As follows:\n")
    assert redacted.endswith("\nBye.")
    assert len(redacted) < len(shown)


@pytest.mark.parametrize("form", ["<6I", ">6I", "<3Q", ">3Q"])
def test_words_of_several_bytes_are_read(form: str) -> None:
    words = struct.unpack(form, SECRET.encode())
    assert REDACTOR.redact(f"{list(words)}") == "[SECRET_REF(key)]"


def test_a_dump_of_decimal_words_is_read() -> None:
    words = struct.unpack("<6I", SECRET.encode())
    dump = "0000000  {}  {}  {}  {}\n0000020  {}  {}\n0000030\n".format(*words)
    assert REDACTOR.redact(dump) == "0000000  SECRET_REF(key)\n0000030\n"


@pytest.mark.parametrize(
    "text",
    [
        "[1767225600, 1767312000, 1767398400, 1767484800, 1767571200]",
        _patch(bytes(range(256)) * 4),
        _mail(b"The minutes of the meeting, as agreed."),
        "begin 2026 with a plan\nand end it well\n",
    ],
)
def test_other_data_stays(text: str) -> None:
    assert REDACTOR.redact(text) == text

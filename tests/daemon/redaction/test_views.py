"""Readings of a text: bounded, and what is not read does not leave."""

import base64
import gzip
import json
from collections.abc import Callable

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

SECRET = "kV9mQ2xLp7zR4wT8nBc3"
REDACTOR = Redactor([KnownSecret("key", SECRET)])


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def test_archive_that_is_too_large_to_be_read_is_taken_out() -> None:
    bomb = _base64(gzip.compress(b"a" * 3_000_000 + SECRET.encode()))
    assert REDACTOR.redact(f"file: {bomb} end") == "file: [REDACTED:unread-data] end"


def test_secret_under_several_encodings_is_found() -> None:
    shown = SECRET
    for _ in range(5):
        shown = _base64(shown.encode())
    assert shown not in REDACTOR.redact(f"x {shown} y")


def test_only_the_encoded_secret_is_replaced() -> None:
    # Three bytes make four characters of base64, so each part is aligned.
    before, after = _base64(b"user: anna, pass: "), _base64(b" and that is all")
    text = REDACTOR.redact(f"{before}{_base64((SECRET + ' ').encode())}{after}")
    assert text.startswith(before[:-2])
    assert text.endswith(after[4:])
    assert "SECRET_REF(key)" in text


def test_hex_dump_is_read_across_its_lines() -> None:
    raw = b"password=" + SECRET.encode() + b"; more text here"
    lines = [
        f"{i:08x}  {raw[i : i + 16].hex(' ')}  |{raw[i : i + 16].decode()}|" for i in range(0, len(raw), 16)
    ]
    text = REDACTOR.redact("\n".join(lines))
    assert SECRET[3:7].encode().hex(" ") not in text
    assert SECRET[:7] not in text


def test_lines_with_escaped_tabs_before_them_are_put_together() -> None:
    shown = _base64(_base64(_base64(SECRET.encode("utf-16-le")).encode()).encode())
    wrapped = "\n\t".join(shown[at : at + 39] for at in range(0, len(shown), 39))
    text = json.dumps({"host": "a", "v": wrapped, "n": 5})
    redacted = json.loads(REDACTOR.redact(text))
    assert redacted.pop("v").rstrip("=") == "SECRET_REF(key)"
    assert redacted == {"host": "a", "n": 5}


def test_copies_of_a_secret_that_are_read_in_two_ways_are_both_found() -> None:
    packed = _base64(gzip.compress(SECRET.encode(), mtime=0))
    cuts = [packed[i : i + 13] for i in range(0, len(packed), 13)]
    as_list = ", ".join(f'"{cut}"' for cut in cuts)
    as_lines = "\n".join(cuts)
    clean = Redactor([KnownSecret("key", SECRET)]).redact(f"[{as_list}] and then\n{as_lines}\n.")
    assert clean.count("SECRET_REF(key)") >= 2
    assert not any(cut in clean for cut in cuts[:-1])


_DUMPED = b"value: " + SECRET.encode() + b"\n\x01 and more of it"


def _octal_words(line: bytes) -> str:
    return "".join(f" {int.from_bytes(line[at : at + 2], 'little'):06o}" for at in range(0, len(line), 2))


def _cells(line: bytes) -> str:
    shown = (chr(byte) if 32 <= byte < 127 else {10: "\\n"}.get(byte, f"{byte:03o}") for byte in line)
    return "".join(f"{cell:>4}" for cell in shown)


def _words(line: bytes, size: int) -> str:
    return "".join(f" {line[at : at + size][::-1].hex()}" for at in range(0, len(line), size))


@pytest.mark.parametrize(
    "shown",
    [
        lambda line: "".join(f" {byte:03o}" for byte in line),
        _octal_words,
        _cells,
        lambda line: _words(line, 2),
        lambda line: _words(line, 4),
        lambda line: f": {line.hex(' ', 2)}  {line.decode('latin1')[:2]}",
    ],
    ids=["od -b", "od", "od -c", "od -x", "od -tx4", "xxd"],
)
def test_dump_is_read_however_its_lines_are_written(shown: Callable[[bytes], str]) -> None:
    lines = [_DUMPED[at : at + 16] for at in range(0, len(_DUMPED), 16)]
    dump = "".join(f"{at * 16:07o}{shown(line)}\n" for at, line in enumerate(lines))
    for text in (dump, json.dumps({"out": dump})):
        redacted = REDACTOR.redact(text)
        assert "SECRET_REF(key)" in redacted
        assert shown(SECRET.encode()[9:15]).strip(": ") not in redacted


def test_binary_dump_is_read() -> None:
    lines = [_DUMPED[at : at + 6] for at in range(0, len(_DUMPED), 6)]
    dump = "".join(
        f"{at * 6:08x}: {' '.join(f'{b:08b}' for b in line)}  ......\n" for at, line in enumerate(lines)
    )
    assert REDACTOR.redact(dump).count("0") < dump.count("0") / 2


@pytest.mark.parametrize(
    "line",
    [
        lambda at, raw: f"\t0x{at:04x}:  {raw.hex(' ', 2):39}  {raw.decode(errors='replace')}",
        lambda at, raw: f"0x7ffe{at:08x}:\t" + "\t".join(f"0x{byte:02x}" for byte in raw),
        lambda at, raw: f"{at:07o}    " + "   ".join(chr(byte) for byte in raw),
    ],
    ids=["packets", "memory", "letters"],
)
def test_dumps_of_other_programs_are_read(line: Callable[[int, bytes], str]) -> None:
    raw = base64.b64encode(b"password=" + SECRET.encode() + b"; more")
    text = REDACTOR.redact("\n".join(line(at, raw[at : at + 16]) for at in range(0, len(raw), 16)))
    assert "SECRET_REF(key)" in text
    assert raw[16:24].hex() not in text.replace(" ", "").replace("\t", "").replace("0x", "")

"""Encoded data that does not stand by itself."""

import base64
import gzip
import zlib

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

SECRET = "kV9mQ2xLp7zR4wT8nBc3"
SHORT = "Wy2TYGIAd1Jm"
REDACTOR = Redactor([KnownSecret("key", SECRET), KnownSecret("short", SHORT)])


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _wrapped(text: str, width: int, joint: str) -> str:
    return joint.join(text[i : i + width] for i in range(0, len(text), width))


SHOWN = {
    "gzip": _base64(gzip.compress(SECRET.encode(), mtime=0)),
    "zlib in hex": zlib.compress(SECRET.encode()).hex(),
    "base64 in hex": _base64(SECRET.encode()).encode().hex(),
    "hex in base64": _base64(SECRET.encode().hex().encode()),
    "UTF-32": _base64(SECRET.encode("utf-32-le")),
}


@pytest.mark.parametrize("around", ["abc{}xyz", "v_{}_v", "-old\n+{}", "key={}"])
@pytest.mark.parametrize("name", SHOWN)
def test_data_that_is_glued_to_its_neighbours_is_read(name: str, around: str) -> None:
    assert SHOWN[name] not in REDACTOR.redact(around.format(SHOWN[name]))


@pytest.mark.parametrize("joint", ["\n", "\r\n", "\\n", "\n  ", "\n+"])
@pytest.mark.parametrize("width", [8, 12, 16, 40])
def test_archive_is_read_at_any_width(width: int, joint: str) -> None:
    shown = _wrapped(SHOWN["gzip"], width, joint)
    assert shown not in REDACTOR.redact(f"see\n{shown}\nend")


def test_dump_is_read_where_its_lines_are_escaped() -> None:
    raw = b"token: " + SECRET.encode()
    lines = [f"{i:08x}  {raw[i : i + 16].hex(' ')}" for i in range(0, len(raw), 16)]
    text = REDACTOR.redact('{"out": "' + "\\n".join(lines) + '"}')
    assert raw[16:].hex(" ") not in text


def test_each_copy_of_a_short_secret_is_found_however_close_they_stand() -> None:
    assert REDACTOR.redact(f"{SHORT} {SHORT} {SHORT}") == " ".join(["SECRET_REF(short)"] * 3)


def test_end_of_a_short_secret_is_found_and_cut_parts_are() -> None:
    assert REDACTOR.redact(f"ends in {SHORT[3:]} .") == "ends in SECRET_REF(short) ."
    clean = str(REDACTOR.redact_payload({"a": SHORT[:5], "b": SHORT[5:10]}))
    assert SHORT[5:10] not in clean


def test_secret_that_looks_like_a_tag_is_searched_like_any_other() -> None:
    secret = "0<B:00000000001234>"
    shown = f"{secret[:5]}\x1b[31m{secret[5:]}\x1b[0m"
    assert "1234" not in Redactor([KnownSecret("tag", secret)]).redact(f"it is {shown} .")


@pytest.mark.parametrize("mark", ["+", "-"])
def test_a_line_of_a_diff_in_base64_is_read_without_its_mark(mark: str) -> None:
    secret = "AhNEMJKQUdZlCD"
    line = base64.b64encode(secret.encode("utf-32-be")).decode()
    redactor = Redactor([KnownSecret("key", secret)])
    assert redactor.redact(f"@@ -1 +1 @@\n{mark}{line}\n") == f"@@ -1 +1 @@\n{mark}SECRET_REF(key)\n"


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("<k><![CDATA[", "]]></k>"),
        ("curl -u 'a:", "' https://a.example/v1/list"),
        ("x = `", "`;"),
        ("“", "” Anna"),
        ("(", ")\nnext"),
    ],
)
@pytest.mark.parametrize("style", ["xxd", "XXD", "octal", "letters", "decimal"])
def test_dump_is_read_to_where_what_it_stands_in_ends(before: str, behind: str, style: str) -> None:
    secret = "xgCOdPID"
    raw = f"the value is {secret}".encode()
    lines = []
    for start in range(0, len(raw), 16):
        row = raw[start : start + 16]
        if style == "octal":
            lines.append(f"{start:07o} " + " ".join(f"{byte:03o}" for byte in row))
        elif style == "decimal":
            lines.append(f"{start:07o}" + "".join(f"{byte:4d}" for byte in row))
        elif style == "letters":
            lines.append(f"{start:07o}" + "".join(f"   {chr(byte)}" for byte in row))
        else:
            pairs = " ".join(row[at : at + 2].hex() for at in range(0, len(row), 2))
            shown = f"{pairs.upper() if style == 'XXD' else pairs:<39}"
            lines.append(f"{start:08x}: {shown}  {row.decode()}")
    text = Redactor([KnownSecret("s", secret)]).redact(before + "\n".join(lines) + behind)
    assert "SECRET_REF(s)" in text
    assert text.startswith(before)
    assert text.endswith(behind)
    assert not any(row in text for row in (secret, "dPID", "6450 4944", "144 120", "d   P", "100  80"))


@pytest.mark.parametrize("joint", ["' + '", "' & '", '" ~ "', "' <> '", "' .. '", "', '", '"\n    "'])
@pytest.mark.parametrize("encoded", [gzip.compress(SECRET.encode(), mtime=0), zlib.compress(SECRET.encode())])
@pytest.mark.parametrize("width", [7, 8, 12])
def test_spaced_hex_is_read_over_the_pieces_of_a_sum(joint: str, encoded: bytes, width: int) -> None:
    pairs = encoded.hex(" ")
    pieces = [pairs[at : at + width] for at in range(0, len(pairs), width)]
    text = REDACTOR.redact(f"k = {joint[0]}{joint.join(pieces)}{joint[0]};")
    assert "SECRET_REF(key)" in text
    assert sum(piece in text for piece in pieces) <= len(pieces) // 3


def test_lines_of_decimal_numbers_are_read_over_their_addresses() -> None:
    raw = base64.b64encode(gzip.compress(SECRET.encode(), mtime=0))
    rows = [raw[start : start + 16] for start in range(0, len(raw), 16)]
    lines = [f"{16 * number:07o}" + "".join(f"{byte:4d}" for byte in row) for number, row in enumerate(rows)]
    text = REDACTOR.redact("\n".join(lines))
    assert "SECRET_REF(key)" in text
    assert sum(line[8:] in text for line in lines) <= 1


@pytest.mark.parametrize("joint", ["\n\n", "\r\n\r\n", "\n\n    ", "\\n\\n"])
@pytest.mark.parametrize("width", [6, 12, 20, 50])
def test_wrapped_data_with_empty_lines_is_read(joint: str, width: int) -> None:
    encoded = _base64(("the key is " + SECRET).encode("utf-16-le").hex(" ").encode())
    pieces = [encoded[at : at + width] for at in range(0, len(encoded), width)]
    text = REDACTOR.redact(joint.join(pieces))
    assert "SECRET_REF(key)" in text
    assert sum(piece in text for piece in pieces[len(pieces) // 2 :]) <= 1

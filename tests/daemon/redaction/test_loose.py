"""Compressed data as source code, numbers and dumps show them."""

import gzip
import json
import zlib
from collections.abc import Callable

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

SECRET = "823f48dfde0e15438ef5"
REDACTOR = Redactor([KnownSecret("key", SECRET)])


def _dump(raw: bytes) -> str:
    rows = [raw[start : start + 16] for start in range(0, len(raw), 16)]
    return "\n".join(f"{16 * number:08x}  {row.hex(' ')}" for number, row in enumerate(rows))


def _words(raw: bytes) -> str:
    rows = [raw[start : start + 16] for start in range(0, len(raw) & ~1, 16)]
    return "\n".join(
        f"{16 * number:07x}"
        + "".join(f"   {int.from_bytes(row[at : at + 2], 'little'):05d}" for at in range(0, len(row), 2))
        for number, row in enumerate(rows)
    )


SHOWN: list[Callable[[bytes], str]] = [
    repr,
    lambda raw: json.dumps(repr(raw)),
    lambda raw: str(list(raw)),
    lambda raw: json.dumps({"type": "Buffer", "data": list(raw)}, indent=2),
    lambda raw: " ".join(map(str, raw)),
    lambda raw: "".join(f"\\{byte:03o}" for byte in raw),
    _dump,
    _words,
]


@pytest.mark.parametrize("show", SHOWN)
@pytest.mark.parametrize("pack", [lambda raw: gzip.compress(raw, mtime=0), zlib.compress])
def test_packed_secret_is_found_however_its_bytes_are_shown(
    show: Callable[[bytes], str], pack: Callable[[bytes], bytes]
) -> None:
    shown = show(pack(f"the key of the shop is {SECRET}, keep it".encode()))
    text = REDACTOR.redact(f"see\n{shown}\nthere")
    assert "SECRET_REF(key)" in text
    assert len(text) < len(shown) // 2
    assert text.startswith("see\n")
    assert text.endswith("\nthere")


@pytest.mark.parametrize("show", SHOWN)
def test_other_packed_data_stay(show: Callable[[bytes], str]) -> None:
    text = f"see\n{show(gzip.compress(b'The shop is closed on Mondays. ' * 3, mtime=0))}\nthere"
    assert REDACTOR.redact(text) == text


def test_list_of_octal_numbers_is_read() -> None:
    text = REDACTOR.redact(f"k={[oct(byte) for byte in SECRET.encode()]} took=1")
    assert text == "k=['SECRET_REF(key)'] took=1"

"""Pieces of something encoded, in one column of a table or behind labels that have nothing in common."""

import base64
import gzip
from collections.abc import Callable

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

SECRET = "kV9mQ2xLp7zR4wT8nBc3"
SHORT = "xW7q#cAd"
REDACTOR = Redactor([KnownSecret("key", SECRET), KnownSecret("short", SHORT)])
ENCODINGS = {
    "entities": lambda text: "".join(f"&#x{ord(character):x};" for character in text),
    "hex-list": lambda text: " ".join(f"0x{byte:02x}" for byte in text.encode()),
    "base64-twice": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    "packed": lambda text: base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode(),
}
FIRST_CELLS = ("anna", "ben", "a shop", "x", "no name", "carl", "z", "7", "y y", "dora", "k", "emil")


def _cut(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize("row", ["{:<12} | {} | {}", "| {} | {} | {} |", "{}\t{}\t{}", "│ {:<9} │ {} │ {} │"])
def test_column_is_read_as_one(encode: Callable[[str], str], row: str) -> None:
    pieces = _cut(encode(SECRET), 13)
    lines = [row.format(FIRST_CELLS[at % 12], piece, 91 - 7 * at) for at, piece in enumerate(pieces)]
    text = REDACTOR.redact("\n".join(lines))
    assert "SECRET_REF(key)" in text
    assert not any(piece in text for piece in pieces[1:-1])
    assert text.startswith(lines[0].split(pieces[0])[0])


@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize(
    "labels",
    [
        ("A=", "; B=", "; C="),
        ("first half: ", "\nthen ", "\nand last "),
        ("part 1: ", ", part two: ", ", the rest: "),
    ],
)
def test_pieces_behind_other_labels_are_read_as_one(
    encode: Callable[[str], str], labels: tuple[str, ...]
) -> None:
    whole = encode(SECRET).replace(" ", "")
    pieces = _cut(whole, -(-len(whole) // 3))
    text = REDACTOR.redact("".join(label + piece for label, piece in zip(labels, pieces, strict=True)))
    assert "SECRET_REF(key)" in text
    assert not any(piece in text for piece in pieces)
    assert text.startswith(labels[0])


@pytest.mark.parametrize(
    "text", ["A={}; B={}; C={}", "a = {}\nb = {}\nc = {}", "| x | {} |\n| yy | {} |\n| z | {} |"]
)
def test_pieces_of_a_short_secret_are_put_together(text: str) -> None:
    redacted = REDACTOR.redact(text.format(SHORT[:1], SHORT[1:5], SHORT[5:]))
    assert "SECRET_REF(short)" in redacted
    assert SHORT[1:5] not in redacted


def test_last_words_of_lines_are_no_pieces() -> None:
    prose = "The shop opens at Nine.\nAsk Anna for the Keys.\nShe sits in Room 12b\nnext to Q2xL"
    table = "| name | count | state |\n|---|---|---|\n| Web-1 | 12 | Up |\n| Web-2 | 7 | Down |"
    assert REDACTOR.redact(prose) == prose
    assert REDACTOR.redact(table) == table

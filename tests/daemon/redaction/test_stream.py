"""Streams: cut anywhere, the result is that of the whole text."""

import base64
import gzip
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenant_daemon.redaction import KnownSecret, Redactor
from tests.support.disguises import DISGUISES

SECRET = "kV9mQ2xLp7zR4wT8nBc3"
REDACTOR = Redactor([KnownSecret("db-password", SECRET)])
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def streamed(text: str, cuts: list[int]) -> tuple[str, list[str]]:
    stream = REDACTOR.stream()
    edges = [0, *sorted({min(cut, len(text)) for cut in cuts}), len(text)]
    pieces = [stream.feed(text[a:b]) for a, b in pairwise(edges)]
    pieces.append(stream.finish())
    return "".join(pieces), pieces


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(cuts=st.lists(st.integers(0, 400), max_size=30), name=st.sampled_from(sorted(DISGUISES)))
def test_cuts_do_not_let_a_secret_through(cuts: list[int], name: str) -> None:
    shown = DISGUISES[name](SECRET)
    text, _ = streamed(f"Here it is: {shown} , thank you.", cuts)
    assert "SECRET_REF(db-password)" in text
    assert shown not in text


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_text_without_secrets_is_passed_on_unchanged(size: int) -> None:
    text = "Good morning! The disk has 12.5 GB left (81 %).\n\n- /dev/sda1\n- ärger & größe: `ls -la`\n" * 3
    result, _ = streamed(text, list(range(0, len(text), size)))
    assert result == text


def test_words_come_out_as_soon_as_they_are_complete() -> None:
    stream = Redactor([]).stream()
    assert stream.feed("The disk ") == "The disk "
    assert stream.feed("has 12 GB") == "has 12 "
    assert stream.feed(" left.") == "GB "


def test_private_key_is_held_until_it_is_whole() -> None:
    lines = "\n".join("".join(random.Random(i).choices("ABCDabcd1234+/", k=64)) for i in range(5))
    key = f"-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----"
    result, pieces = streamed(f"here: {key}\ndone", list(range(0, 500, 9)))
    assert result == "here: [REDACTED:private-key]\ndone"
    assert not any(line[:12] in "".join(pieces) for line in lines.splitlines())


def test_assigned_value_in_the_next_piece_is_found() -> None:
    result, _ = streamed("password: hunter22x\n", [5, 9, 10, 12])
    assert result == "password: [REDACTED:secret]\n"


@pytest.mark.slow
def test_what_is_held_back_is_bounded() -> None:
    stream = REDACTOR.stream()
    fed = released = 0
    for _ in range(400):
        fed += 100
        released += len(stream.feed("-" * 100))
    assert fed - released <= 16_384 + 100


def test_secret_that_is_longer_than_the_limit_is_dropped_to_its_end() -> None:
    line = "MIIEabcd1234" * 5 + "\n"
    text = f"-----BEGIN PRIVATE KEY-----\n{line * 600}-----END PRIVATE KEY-----\nafter it"
    result, _ = streamed(text, list(range(0, len(text), 500)))
    assert "MIIEabcd" not in result
    assert result.endswith("after it")


def test_pieces_that_a_program_puts_together_stay_together() -> None:
    value = '{"user": "maple", "key": "oM1eAP2yzcOO8dqV1j94", "note": "\\\\n ab\\\\n cd"}'
    redactor = Redactor([KnownSecret("file", value)])
    shown = " + ".join(repr(value[i : i + 7]) for i in range(0, len(value), 7))
    stream = redactor.stream()
    text = "".join(stream.feed(character) for character in f"k = {shown}\n") + stream.finish()
    assert "oM1e" not in text
    assert "SECRET_REF(file)" in text


def test_secret_longer_than_what_is_held_does_not_end_where_an_escape_is_cut() -> None:
    value = "".join(random.Random(7).choices("ABCDabcd1234+/", k=4_000))
    stream = Redactor([KnownSecret("file", value)]).stream()
    shown = "".join(f"\\u{ord(character):04x}" for character in value)
    pieces = [stream.feed(shown[i : i + 4_001]) for i in range(0, len(shown), 4_001)]
    assert "".join(pieces) + stream.feed(" end") + stream.finish() == "SECRET_REF(file) end"


GROUPED = {
    "pairs": ("{:02x}", " "),
    "lists": ("0x{:02x}", ", "),
    "capitals": ("{:02X}", ":"),
    "codes": ("&#{};", " "),
}


@pytest.mark.parametrize("size", [1, 3, 16])
@pytest.mark.parametrize("name", GROUPED)
def test_groups_of_what_was_encoded_twice_are_held_until_they_end(name: str, size: int) -> None:
    form, between = GROUPED[name]
    inner = base64.b64encode(base64.b64encode(SECRET.encode()))
    shown = between.join(form.format(byte) for byte in inner)
    text = f"Here it is: {shown}\nThank you, that was all.\n"
    result, _ = streamed(text, list(range(0, len(text), size)))
    assert "SECRET_REF(db-password)" in result
    assert shown[:24] not in result
    assert result.endswith("Thank you, that was all.\n")


@pytest.mark.parametrize("size", [1, 5, 40])
def test_lines_that_end_with_data_are_held_until_the_last_one(size: int) -> None:
    inner = base64.b64encode(gzip.compress(SECRET.encode() * 2, mtime=0)).decode()
    lines = [f"rem {inner[at : at + 17]}" for at in range(0, len(inner), 17)]
    text = "see:\n" + "\n".join(lines) + "\nThank you, that was all.\n"
    result, _ = streamed(text, list(range(0, len(text), size)))
    assert "SECRET_REF(db-password)" in result
    assert lines[0] not in result


@pytest.mark.parametrize("size", [1, 5, 40])
def test_statements_that_add_to_a_text_are_held_until_the_last_one(size: int) -> None:
    inner = base64.b64encode(gzip.compress(SECRET.encode(), mtime=0)).decode()
    added = "'\nk += '".join(inner[at : at + 11] for at in range(0, len(inner), 11))
    text = f"do\nk = '{added}'\nThank you, that was all.\n"
    result, _ = streamed(text, list(range(0, len(text), size)))
    assert "SECRET_REF(db-password)" in result
    assert inner[:11] not in result


@pytest.mark.parametrize(
    "shown",
    [
        " ".join(str(ord(sign)) for sign in TOKEN),
        "[" + ", ".join(str(ord(sign)) for sign in TOKEN) + "]",
        " . ".join(f"chr({ord(sign)})" for sign in TOKEN),
        " ".join(TOKEN),
        "\n".join(TOKEN),
        ", ".join(f"'{sign}'" for sign in TOKEN),
        "\n".join(f"{place}: {sign}" for place, sign in enumerate(TOKEN, 1)),
        " ".join(TOKEN[at : at + 5] for at in range(0, len(TOKEN), 5)),
        " ".join(f"U+{ord(sign):04X}" for sign in TOKEN),
        "\n".join(base64.b64encode(TOKEN.encode()).decode()[at : at + 8] for at in range(0, 52, 8)),
    ],
)
def test_token_whose_characters_stand_apart_is_found(shown: str) -> None:
    """None of its pieces says anything by itself: they wait for each other."""
    text = f"Here it is: {shown} and that is all."
    for size in (1, 3, 7):
        result, _ = streamed(text, list(range(0, len(text), size)))
        assert shown[len(shown) // 3 : -len(shown) // 3] not in result, size
        assert result.startswith("Here it is: ")


@pytest.mark.slow
def test_table_of_numbers_does_not_wait_for_its_end() -> None:
    stream = REDACTOR.stream()
    fed = released = 0
    # More than is ever held. Four rows at a time: with each piece all that is held is looked at again.
    for number in range(0, 1_000, 4):
        rows = "".join(f"| {row % 97} | {row % 89} |\n" for row in range(number, number + 4))
        fed += len(rows)
        released += len(stream.feed(rows))
        assert fed - released <= 4_096 + len(rows)


def test_seed_phrase_waits_for_its_last_word() -> None:
    words = "tiger lamp ocean brick velvet sugar pilot wagon orbit melon frost cable"
    result, _ = streamed(f"seed phrase: {words}. Keep it.", list(range(0, 120, 6)))
    assert result == "seed phrase: [REDACTED:seed-phrase]. Keep it."

"""Short secrets with something between their characters, and most of a short secret."""

import time

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

SHORT = "V8u!xj8D"
BLANKS = "oNK w1e3J"
FOREIGN = "łhCC689ñtUCUßRgdç"
BARE = "TPyvVQTJ"
DAY = "20261122"
WORD = "Lantern1"
REDACTOR = Redactor(
    [
        KnownSecret(f"s{number}", value)
        for number, value in enumerate((SHORT, BLANKS, FOREIGN, BARE, DAY, WORD))
    ]
)


def _apart(value: str, separator: str, size: int = 1) -> str:
    return separator.join(value[at : at + size] for at in range(0, len(value), size))


@pytest.mark.parametrize("value", [SHORT, BLANKS, FOREIGN])
@pytest.mark.parametrize(
    "separator", [":", "#", "; ", "~", "·", "<!-- -->", "&", " = ", "$\n", "\U000e0041", "\u3164"]
)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_same_thing_after_every_few_characters_hides_no_short_secret(
    value: str, separator: str, size: int
) -> None:
    text = REDACTOR.redact(f"it reads '{_apart(value, separator, size)}' to all")
    assert text.startswith("it reads 'SECRET_REF(")
    assert text.endswith("' to all")


@pytest.mark.parametrize(
    "color", ["\x1b[38;2;255;128;100m", "\\e[31m", "\\033[1;32m", "\\x1b[0m", "\\u001b[m"]
)
def test_colors_hide_nothing(color: str) -> None:
    for value in (SHORT, FOREIGN):
        text = REDACTOR.redact(f"x {_apart(value, color, 3)} y")
        assert text.startswith("x SECRET_REF(")
        assert text.endswith(") y")


def test_different_marks_once_each_are_no_disguise() -> None:
    for text in ("V8 has u!x & j8D", "V8u: !xj8D", "TPyv=VQTJ", "TPyv:VQTJ is a name and its number"):
        assert REDACTOR.redact(text) == text


def test_all_but_one_character_of_a_short_secret_is_found() -> None:
    assert REDACTOR.redact("k=TPyvVQT...") == "k=SECRET_REF(s3)..."
    assert REDACTOR.redact("k=PyvVQTJ") == "k=SECRET_REF(s3)"


def test_days_and_words_are_no_beginnings_of_short_secrets() -> None:
    for text in ("on 2026112 days", "2026-11-23", "0261122", "the Lantern is lit", "tpyvvqt", "TPyvVQ"):
        assert REDACTOR.redact(text) == text


def test_pieces_of_a_sum_hide_no_short_secret() -> None:
    for joint in ("' & '", "' ~ '", '" <> "', "' .. '"):
        quote = joint[0]
        text = REDACTOR.redact(f"k = {quote}V8{joint}u!xj{joint}8D{quote};")
        assert text == f"k = {quote}SECRET_REF(s0){quote};"


def test_lines_of_numbers_cost_no_more_than_their_length() -> None:
    # From each digit on, the long one would be gone through again: a second and more.
    started = time.process_time()
    REDACTOR.redact("5 x\n" + "1" * 5_900 + " 5 x\n5 y\n6 z")
    assert time.process_time() - started < 1


def test_braces_around_single_characters_hide_no_short_secret() -> None:
    secret = "Rgz&o$Z5g%!4"
    shown = " ".join(f"{{{character}}}" if character in "$!" else character for character in secret)
    text = Redactor([KnownSecret("key", secret)]).redact(f"see {shown} ok")
    assert text == "see SECRET_REF(key) ok"

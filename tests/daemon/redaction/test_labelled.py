"""Pieces of a secret on lines that name them."""

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

SECRET = "kV9mQ2xLp7zR4wT8nBc3"
MARKED = "jF2on]E?:X$y~~~8%"
REDACTOR = Redactor([KnownSecret("key", SECRET), KnownSecret("marked", MARKED)])


@pytest.mark.parametrize("secret", [SECRET, MARKED])
@pytest.mark.parametrize(
    "labels",
    [
        ("first half: ", "second half: "),
        ("one = '", "two = '"),
        ("+KEY=beginning: ", "+end: "),
        ("USER_PART=", "  LAST_PART="),
        ("> A (1): ", "> B (2): "),
    ],
)
def test_pieces_behind_labels_are_put_together(secret: str, labels: tuple[str, str]) -> None:
    first, second = secret[:9], secret[9:]
    text = REDACTOR.redact(f"Here:\n{labels[0]}{first}\n{labels[1]}{second}\nThat is all.")
    assert "SECRET_REF(" in text
    assert first not in text
    assert second not in text
    assert text.startswith(f"Here:\n{labels[0]}")
    assert text.endswith("\nThat is all.")


@pytest.mark.parametrize("secret", [SECRET, MARKED])
@pytest.mark.parametrize("line", ["part", "--", "== next =="])
def test_line_that_stands_before_each_piece_hides_nothing(secret: str, line: str) -> None:
    pieces = [secret[:6], secret[6:12], secret[12:]]
    text = REDACTOR.redact("".join(f"{line}\n{piece}\n" for piece in pieces))
    assert "SECRET_REF(" in text
    assert not any(piece in text for piece in pieces)


def test_labelled_lines_without_a_secret_stay() -> None:
    for text in ("host: kV9m\nport: 5432\nuser: zR4w", "part\nkV9mQ2\npart\nother\n", "a: 1\nb: 2\n"):
        assert REDACTOR.redact(text) == text

"""What cannot be seen is shown where a person decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_daemon.contracts.hidden import with_hidden_shown
from tenant_daemon.policy.screening import find_hidden_character


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("invoice\u202efdp.exe", "invoice[U+202E]fdp.exe"),
        ("a\u200bb\u00adc\ufeff", "a[U+200B]b[U+00AD]c[U+FEFF]"),
        ("hi\U000e0041\U000e0042", "hi[U+E0041][U+E0042]"),
        ("\x1b[2Kdone", "[U+001B][2Kdone"),
        ("seen\rhidden", "seen[U+000D]hidden"),
        ("a\u200db", "a[U+200D]b"),
        ("a\u2028b", "a[U+2028]b"),
    ],
)
def test_what_deceives_the_eye_is_written_out(text: str, shown: str) -> None:
    assert with_hidden_shown(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "two\nlines\r\nand\ta tab",
        "caf\u00e9 \u201cquoted\u201d 10\u00a0\u20ac",
        "\u2764\ufe0f 1\ufe0f\u20e3 \U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0915\u094d\u200d\u0937",
    ],
)
def test_what_belongs_to_the_writing_stays(text: str) -> None:
    assert with_hidden_shown(text) == text


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    shown = with_hidden_shown(text)
    assert with_hidden_shown(shown) == shown
    assert not set(shown) & set("\x00\x1b\x7f\x9b\u202a\u202e\u2066\u2069\u200b\u2060")


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_that_the_gate_lets_through_is_shown_as_it_is(text: str) -> None:
    assert find_hidden_character(text) or with_hidden_shown(text) == text

"""Names that stand on one line."""

import pytest

from letsbe_app.errors import InvalidInput
from letsbe_app.kit.one_line import is_plain, one_line, without_hidden

HIDDEN = ["\0", "\x07", "\x1b", "\x7f", "\x9b", "\u200e", "\u202e", "\u2067", "\u061c"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Ada's\r\n  Bakery ", "Ada's Bakery"),
        ("Bäckerei\u2028Zoë", "Bäckerei Zoë"),
        ("مخبز آدا", "مخبز آدا"),
        ("Team 👩\u200d🍳", "Team 👩\u200d🍳"),
    ],
)
def test_white_space_becomes_single_spaces(text: str, line: str) -> None:
    assert one_line(text, "name", longest=20) == line


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_nobody_sees_is_refused(hidden: str) -> None:
    assert not is_plain(f"a{hidden}b")
    assert without_hidden(f"a{hidden} b") == "a b"
    with pytest.raises(InvalidInput) as refused:
        one_line(f"a{hidden}b", "name", longest=20)
    assert [problem.field for problem in refused.value.details] == ["name"]


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "\u2060\ufeff", "x" * 21])
def test_a_name_that_is_needed_can_be_seen(text: str) -> None:
    with pytest.raises(InvalidInput):
        one_line(text, "name", longest=20, missing="Give it a name.")


def test_a_name_may_be_left_out() -> None:
    assert one_line(" ", "description", longest=20) == ""

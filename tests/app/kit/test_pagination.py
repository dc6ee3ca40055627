"""Cursors that somebody made up."""

import pytest

from letsbe_app.errors import InvalidInput
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.pagination import id_cursor, number_cursor


def test_cursors_of_ours_are_read() -> None:
    made = new_id("ord")
    assert (id_cursor(made, "ord"), id_cursor("", "ord"), id_cursor(None, "ord")) == (made, None, None)
    assert (number_cursor("12"), number_cursor(""), number_cursor(None)) == (12, None, None)


@pytest.mark.parametrize("text", ["zzzz", "\0", "ord_", f"ten_{'0' * 26}", f"ord_{'0' * 27}"])
def test_an_id_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        id_cursor(text, "ord")
    assert [problem.field for problem in refused.value.details] == ["cursor"]


@pytest.mark.parametrize("text", ["-1", "1.5", "x", "٣", "9" * 19, "9" * 120])
def test_a_number_that_no_row_has_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        number_cursor(text, "before")
    assert [problem.field for problem in refused.value.details] == ["before"]

"""Titles."""

import pytest

from letsbe_app.workforce.conversations.titles import title_from


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", ""),
        ("\n  \n How  much\tdisk is left? \nThanks", "How much disk is left?"),
        ("\0\u202e\nDisk\u202e\x1b[2J?", "Disk[2J?"),
        ("word " * 30, "word " * 11 + "word…"),
        ("x" * 100, "x" * 59 + "…"),
    ],
)
def test_title_is_the_first_line_that_says_something(text: str, title: str) -> None:
    assert title_from(text) == title
    assert len(title) <= 60

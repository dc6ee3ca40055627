"""Unified diffs, as people look at them."""

from difflib import unified_diff

from hypothesis import given
from hypothesis import strategies as st

from letsbe_app.ui.diffs import Diff, DiffPart, diff_of

LINES = st.lists(st.text(alphabet="ab-+@ ", max_size=6), max_size=8)


def unified(before: list[str], after: list[str]) -> str:
    return "\n".join(unified_diff(before, after, "a (before)", "a (after)", lineterm="", n=1))


def test_lines_with_which_the_same_happens_stand_together() -> None:
    diff = diff_of(unified(["a", "b", "c", "d", "e", "f"], ["a", "B", "BB", "c", "d", "e"]))
    assert diff == Diff(
        (
            DiffPart("same", "  a"),
            DiffPart("removed", "- b"),
            DiffPart("added", "+ B\n+ BB"),
            DiffPart("same", "  c"),
            DiffPart("gap", ""),
            DiffPart("same", "  e"),
            DiffPart("removed", "- f"),
        ),
        "2 lines added, 2 removed",
    )


def test_what_is_no_diff_stays_as_it_is() -> None:
    assert diff_of("It is too large.") == Diff((DiffPart("told", "It is too large."),), "")
    assert diff_of("") == Diff()


def test_hidden_characters_are_shown() -> None:
    assert diff_of("+a\u202eb").parts == (DiffPart("added", "+ a[U+202E]b"),)


@given(LINES, LINES)
def test_no_line_is_lost_whatever_it_looks_like(before: list[str], after: list[str]) -> None:
    parts = diff_of(unified(before, after)).parts
    for kind, lines, others in (("added", after, before), ("removed", before, after)):
        shown = [line[2:] for part in parts if part.kind == kind for line in part.text.split("\n")]
        kept = [line[2:] for part in parts if part.kind == "same" for line in part.text.split("\n")]
        assert set(shown) <= set(lines)
        assert set(lines) - set(others) <= set(shown)
        assert set(kept) <= set(before) & set(after)
    assert {part.kind for part in parts} <= {"added", "removed", "same", "gap"}

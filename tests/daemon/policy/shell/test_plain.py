"""A line of plain words is the same script without the grammar as with it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_daemon.policy.shell.parser import read_by_grammar
from tenant_daemon.policy.shell.plain import read_plain

CORPUS = Path(__file__).parent.parent / "corpus"
WORDS = (
    *(
        "ls",
        "a.txt",
        "-la",
        "--x=y",
        "a=b",
        "''",
        "'a b'",
        '"c  d"',
        "'|'",
        '"#x"',
        "'$x'",
        "2",
        "-",
        "--",
        "@x",
    ),
    *(
        "if",
        "done",
        "in",
        "time",
        "test",
        "cd",
        "export",
        "read",
        "exit",
        "wait",
        "function",
        "echo",
        "*",
        "$x",
    ),
)


@pytest.mark.slow
def test_what_is_read_plainly_is_read_alike() -> None:
    lines = [line for path in CORPUS.glob("*.txt") for line in path.read_text().splitlines()]
    plain = [(line, script) for line in lines if (script := read_plain(line)) is not None]
    assert len(plain) > len(lines) / 3
    assert [line for line, script in plain if script != read_by_grammar(line)] == []


@pytest.mark.slow
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), st.sampled_from((" ", "  ", " | ", "|")))
def test_words_in_any_order_are_read_alike(words: list[str], joint: str) -> None:
    line = f"{words[0]}{joint}{' '.join(words[1:])}".strip()
    plain = read_plain(line)
    assert plain is None or plain == read_by_grammar(line)


@pytest.mark.parametrize(
    "line",
    [
        "a=b ls",
        "export a",
        "ls; rm x",
        "ls *",
        "cat $x",
        'cat "$x"',
        "cat ~",
        "ls &",
        "! ls",
        "'ls'",
        "ls | read x",
        "a\nb",
    ],
)
def test_any_other_line_is_left_to_the_grammar(line: str) -> None:
    assert read_plain(line) is None

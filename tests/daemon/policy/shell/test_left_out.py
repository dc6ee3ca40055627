"""What the grammar leaves out of its tree still stands in the command that runs."""

import pytest

from tenant_daemon.policy.shell.parser import parse


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cat - 2>/dev/null", ["cat", "-"]),
        ("cat a - 2> errors.txt b", ["cat", "a", "-", "b"]),
        ("cat a.txt - > b.txt", ["cat", "a.txt", "-"]),
        ("cat a - <<E\nx\nE", ["cat", "a", "-"]),
        ("cat - < a.txt", ["cat", "-"]),
        ("ls && cat a - 2>/dev/null", ["cat", "a", "-"]),
        ("true | cat a - 2>/dev/null | cat", ["cat", "a", "-"]),
        ("cat a - \\\n 2>/dev/null", ["cat", "a", "-"]),
    ],
)
def test_a_dash_before_a_redirection_stays(text: str, words: list[str]) -> None:
    commands = [command for pipeline in parse(text).pipelines for command in pipeline]
    assert words in [[word.text for word in command.words] for command in commands]


@pytest.mark.parametrize("text", ["while read -r x; do echo $x; done - < a", "read x - < a"])
def test_a_dash_where_none_can_stand_is_refused(text: str) -> None:
    assert parse(text).problem is not None

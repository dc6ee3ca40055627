"""Where a pattern of sed or awk ends: whoever sees its end elsewhere than they do takes code for text."""

import random
import subprocess

import pytest

from tenant_daemon.policy.programs.scripts import files_of_awk, files_of_sed

PIECES = [
    "s",
    "/",
    "/",
    "[",
    "]",
    "\\",
    "^",
    "e",
    "a ",
    "g",
    ";",
    "p",
    "{",
    "}",
    "[:alpha:]",
    "x",
    "[.",
    "\n",
]


@pytest.mark.parametrize(
    "script",
    [
        "s/[/]/g;a foo/e",
        "s/[a/]/;a b/w out.sh",
        "s/[[:alpha:]/]/g;a foo/e",
        "s/[]/]/g;a foo/e",
        "s/[^/]/g;a foo/e",
        "s|[|]|g;a foo|e",
        "s/[[.].]/]/g;a foo/e",
        "/[/p;a ]/e",
        "/x/,/[/p;a ]/e",
        "/[[:alpha:]/p;a ]/e",
        "y/[/]/g;a foo/e",
    ],
)
def test_code_behind_a_bracket_with_the_sign_in_it_is_no_text(script: str) -> None:
    assert files_of_sed(script) is None


@pytest.mark.parametrize(
    "script",
    [
        "s/[^/]*$//",
        "s/\\/[^\\/]*$//",
        "s/[][]//g",
        "s/[[]x[]]/y/",
        "s/[[:space:]]*$//",
        "s/\\[x\\]/(x)/",
        "/[^/]$/p",
    ],
)
def test_brackets_that_end_are_plain(script: str) -> None:
    assert files_of_sed(script) == []


@pytest.mark.parametrize(
    "script",
    [
        "a\\\ns/x/y\ne id\n/g",
        "a text\\\ns/x/y\ne id\n/g",
        "i \\text\\\ny/x/y\nw out\n/",
        "a\\ \ns/x/y\ne id\n/g",
        "a  \\\\\nw out",
        "s/x/y\nw out\n/g",
    ],
)
def test_commands_behind_a_text_of_several_lines_are_seen(script: str) -> None:
    assert files_of_sed(script) is None


@pytest.mark.parametrize("script", ["a\\\none\\\ntwo", "$a one\\\ne id", "i\\\n  x\np", "c\\text\nd", "$a\\"])
def test_a_text_of_several_lines_is_text(script: str) -> None:
    assert files_of_sed(script) == []


@pytest.mark.slow
def test_sed_itself_finds_no_command_behind_texts_and_replacements() -> None:
    dice = random.Random(13)
    parts = [
        "a\\\n",
        "a x\\\n",
        "i \\x\n",
        "c\\ \n",
        "s/foo/x\n",
        "s/a/b/\n",
        "y/a/x\n",
        "e id\n",
        "w o\n",
        "/g\n",
        "p\n",
    ]
    taken: list[str] = []
    while len(taken) < 200:
        script = "".join(dice.choice(parts) for _ in range(dice.randint(2, 6)))
        if files_of_sed(script) is not None:
            taken.append(script)
    assert any("e id" in script for script in taken)
    refused = [script for script in taken if "sandbox" in _complaint_of_sed(script)]
    assert refused == []


def _complaint_of_sed(script: str) -> str:
    argv = ["sed", "--sandbox", "-n", script, "/dev/null"]
    return subprocess.run(argv, capture_output=True, text=True, check=False).stderr


@pytest.mark.slow
def test_sed_itself_finds_no_command_in_what_is_taken_for_plain() -> None:
    dice = random.Random(20261122)

    def some(most: int) -> str:
        return "".join(dice.choice(PIECES) for _ in range(dice.randint(0, most)))

    taken: list[str] = []
    while len(taken) < 200:
        start, text = dice.choice(["s/", "/"]), dice.choice(["a ", "p;a ", "g;a ", "", "i "])
        script = (
            f"{start}{some(3)}[{some(2)}/{some(2)}]/{some(2)}{text}{some(3)}/{dice.choice(['e', 'w o', 'g'])}"
        )
        if files_of_sed(script) is not None:
            taken.append(script)
    refused = [script for script in taken if "sandbox" in _complaint_of_sed(script)]
    assert refused == []


@pytest.mark.parametrize(
    "program",
    [
        '/[\\]/{x="]/{system($0)}#"}',
        '/[[:alpha:]/{x="]/{system($0)}#"}',
        '/[a[]/{x="]/{system($0)}#"}',
        '$0 ~ /[^\\]/{x="]/{system($0)}#"}',
        'length / 2; x="/ {system($0)} #"',
        '{ n = length /2; x = "/; system($0); y = " }',
        "0x1system($0)",
        "{print 1e system($0)}",
    ],
)
def test_brackets_that_programs_end_elsewhere_are_not_plain(program: str) -> None:
    assert files_of_awk(program) is None


@pytest.mark.parametrize(
    "program",
    [
        "/[^/]$/",
        "/[[:digit:]]+/ {print $1}",
        '{sub(/\\/[^\\/]*$/, "")} 1',
        "/[]]/",
        "/[\\\\]/",
        "{n += length($0) / 2}",
        "{print $1/1024, 1.5e3*$2}",
    ],
)
def test_everyday_patterns_of_awk_are_plain(program: str) -> None:
    assert files_of_awk(program) == []

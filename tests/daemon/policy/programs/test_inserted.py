"""What keeps a program to its files stands in front of its own arguments, wherever it is started from."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement
from tenant_daemon.policy.actions import RunPipelines

Shell = Callable[[str], Judgement]


@pytest.mark.parametrize(
    ("command", "runs"),
    [
        ("pandoc a.md -o a.html", "pandoc --sandbox a.md -o a.html"),
        ("timeout 5 patch -p1 -i a.patch", "timeout 5 patch -u -p1 -i a.patch"),
        (
            "find . -name '*.md' -exec pandoc {} -o {}.html \\;",
            "find . -name *.md -exec pandoc --sandbox {} -o {}.html ;",
        ),
        ("shellcheck -s bash a.sh", "shellcheck --norc -s bash a.sh"),
        ("python3 -m venv env", "python3 -I -m venv env"),
        ("python3 -m pip list", "python3 -I -m pip list"),
    ],
)
def test_it_is_inserted_where_the_program_stands(command: str, runs: str, shell: Shell) -> None:
    judgement = shell(command)
    assert isinstance(judgement.action, RunPipelines)
    assert " ".join(judgement.action.pipelines[0][0].argv) == runs
    assert not judgement.is_unknown


@pytest.mark.parametrize(
    "command",
    [
        "find . -name '*.md' -exec pandoc {} -o {}.html \\; -exec pandoc {} -o {}.docx \\;",
        "find . -name '*.md' -exec ls {} \\; -exec pandoc {} -o {}.html \\;",
        "find . -name '*.md' -exec nice pandoc {} -o {}.html \\;",
        "docker exec shop pandoc a.md -o a.html",
    ],
)
def test_where_it_cannot_be_inserted_a_person_is_asked(command: str, shell: Shell) -> None:
    assert shell(command).is_unknown


@pytest.mark.parametrize(
    ("command", "first"),
    [
        ("tar -czf site.tgz site", "--exclude=.env"),
        ("zip -r site.zip .", "-x"),
        ("7z a site.7z site", "-xr!.env"),
    ],
)
def test_what_is_packed_leaves_secrets_out(command: str, first: str, shell: Shell) -> None:
    found = shell(command)
    assert found.tier is Tier.YELLOW
    assert isinstance(found.action, RunPipelines)
    argv = found.action.pipelines[0][0].argv
    assert argv[1] == first
    assert " ".join(argv).endswith(command.partition(" ")[2])


def test_the_old_spelling_of_tar_is_told_by_its_variable(shell: Shell) -> None:
    found = shell("tar czf site.tgz site")
    assert isinstance(found.action, RunPipelines)
    command = found.action.pipelines[0][0]
    assert command.argv == ("tar", "czf", "site.tgz", "site")
    assert "--exclude=.env " in dict(command.env)["TAR_OPTIONS"]
    unpacked = shell("tar xzf site.tgz")
    assert isinstance(unpacked.action, RunPipelines)
    assert "TAR_OPTIONS" not in dict(unpacked.action.pipelines[0][0].env)


def test_a_search_through_a_project_leaves_its_secrets_out(shell: Shell) -> None:
    found = shell("grep -rn total . --include='*.py'")
    assert found.tier is Tier.GREEN
    assert isinstance(found.action, RunPipelines)
    argv = found.action.pipelines[0][0].argv
    assert argv[0] == "grep"
    assert "--exclude=.env" in argv[1 : argv.index("-rn")]
    assert shell("grep -r x . --include='*'").is_unknown
    assert shell("grep -r x . --include='.e*'").is_unknown


def test_two_folders_are_compared_without_their_secrets(shell: Shell) -> None:
    found = shell("diff -r old new")
    assert found.tier is Tier.GREEN
    assert isinstance(found.action, RunPipelines)
    assert found.action.pipelines[0][0].argv[:2] == ("diff", "--exclude=.env")


@pytest.mark.parametrize(
    ("command", "is_shown"),
    [
        ("find . -type f -exec cat {} +", True),
        ("ls -A | xargs cat", True),
        ("for f in $(ls -A); do cat $f; done", True),
        ("find . -name '*' -print0 | xargs -0 head", True),
        ("ls | xargs cat", False),
        ("find . -name '*.md' | xargs cat", False),
        ("find . -type d -exec ls {} +", False),
    ],
)
def test_files_that_are_found_may_hold_secrets(
    command: str, is_shown: bool, shell: Shell, workspace: Path
) -> None:
    (workspace / "notes.md").touch()
    assert shell(command).tier is Tier.GREEN
    (workspace / ".env").touch()
    assert shell(command).tier is (Tier.CRITICAL_RED if is_shown else Tier.GREEN)


@pytest.mark.parametrize("pattern", ["env", "'^[.]e'", "pem", "'id_rsa\\|key'", "'['"])
def test_names_of_secrets_that_are_picked_out_of_a_list_ask(pattern: str, shell: Shell) -> None:
    assert shell(f"ls -A | grep {pattern} | xargs cat").is_unknown
    assert not shell("ls -A | grep notes | xargs cat").is_unknown
    assert not shell(f"ls -A | grep -v {pattern} | xargs cat").is_unknown

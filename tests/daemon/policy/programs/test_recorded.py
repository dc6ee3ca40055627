"""Files of passwords that git would record or show without anybody naming them."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tenant_daemon.policy import Judgement

Shell = Callable[[str], Judgement]


def git(folder: Path, *args: str) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@shop.example", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *args], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def project(workspace: Path) -> Path:
    """A repository with a file of passwords beside it that is not taken up."""
    (workspace / "a.txt").write_text("one\n")
    (workspace / "docs").mkdir()
    (workspace / "docs" / "b.md").write_text("two\n")
    git(workspace, "init", "-q")
    git(workspace, "add", ".")
    git(workspace, "commit", "-q", "-m", "Begin")
    (workspace / ".env").write_text("DB_PASSWORD=Keller-Regal8\n")
    return workspace


TAKING_UP = [
    "git add -A",
    "git add .",
    "git add '*'",
    "git stash -u",
    "git stash push --include-untracked",
    "git stash -uk",
]
SHOWING = [
    "git diff",
    "git diff --cached",
    "git diff HEAD -U5",
    "git show",
    "git show HEAD -- .",
    "git log -p",
    "git log -1 -u",
    "git whatchanged -p",
    "git diff-tree -p HEAD",
    "git stash show -p",
    "git stash list -p",
    "git grep -h PASS",
    "git cat-file -p abc123",
    "git format-patch -1",
    "git status -v",
    "git commit --dry-run -v",
    "git diff -S -- HEAD",
    "git show --stat -p",
]
PLAIN = [
    "git status",
    "git log",
    "git log --oneline -5",
    "git diff --stat",
    "git show --name-only",
    "git diff -- a.txt",
    "git show HEAD -- a.txt",
    "git grep -n one -- a.txt",
    "git cat-file -t HEAD",
    "git stash show",
    "git blame a.txt",
]


def asking(commands: list[str], shell: Shell) -> list[str]:
    return [command for command in commands if shell(command).is_unknown]


def test_a_file_of_passwords_is_not_taken_up_with_the_rest(project: Path, shell: Shell) -> None:
    assert asking(TAKING_UP, shell) == TAKING_UP


def test_what_the_repository_leaves_out_is_not_in_the_way(project: Path, shell: Shell) -> None:
    for ignored in (".env\n", "/.env\n", "# keys\n.env*\n*.log\n"):
        (project / ".gitignore").write_text(ignored)
        assert asking(TAKING_UP, shell) == []


def test_what_is_left_out_could_be_taken_up_all_the_same(project: Path, shell: Shell) -> None:
    (project / ".gitignore").write_text(".env\n")
    commands = [
        "git add -f .",
        "git add -Af",
        "mv .gitignore x; git add -A",
        "echo x > .gitignore; git add -A",
    ]
    assert asking(commands, shell) == commands


def test_names_that_are_taken_up_again_are_not_left_out(project: Path, shell: Shell) -> None:
    (project / ".gitignore").write_text(".env\n!.env\n")
    assert shell("git add -A").is_unknown
    (project / ".gitignore").write_text(".env\n")
    (project / ".env").rename(project / "docs" / ".env")
    assert not shell("git add -A").is_unknown
    (project / "docs" / ".gitignore").write_text("!.env\n")
    assert shell("git add -A").is_unknown


def test_folders_that_are_left_out_are_not_gone_through(project: Path, shell: Shell) -> None:
    (project / ".gitignore").write_text(".env\nnode_modules/\n")
    (project / "node_modules").mkdir()
    (project / "node_modules" / "server.pem").write_text("x")
    assert not shell("git add -A").is_unknown


def test_nothing_asks_where_no_such_file_is_recorded(project: Path, shell: Shell) -> None:
    changes = ["git add a.txt", "git add docs", "git stash", "git commit -am x"]
    assert asking([*changes, *PLAIN, *SHOWING], shell) == []


@pytest.mark.parametrize("version", ["2", "3", "4"])
def test_a_recorded_file_of_passwords_is_not_shown(version: str, project: Path, shell: Shell) -> None:
    git(project, "add", "-f", ".env")
    git(project, "update-index", "--index-version", version)
    assert asking(SHOWING, shell) == SHOWING
    assert asking(PLAIN, shell) == []


def test_an_index_of_another_kind_asks(project: Path, shell: Shell) -> None:
    (project / ".git" / "index").write_bytes(b"DIRC\0\0\0\x09\0\0\0\x01")
    assert shell("git diff").is_unknown
    (project / ".git" / "index").write_bytes(b"DIRC\0\0\0\x02\0\0\0\x01" + b"x" * 80 + b"\0")
    assert shell("git diff").is_unknown


@pytest.mark.parametrize(
    "command",
    [
        "git diff --no-index docs .",
        "git -C docs diff --no-index ../ .",
        "git init && git add -A && git diff --cached",
    ],
)
def test_folders_outside_a_repository_are_looked_through(command: str, workspace: Path, shell: Shell) -> None:
    (workspace / "docs").mkdir()
    assert not shell("git diff --no-index docs .").is_unknown
    (workspace / ".env").write_text("DB_PASSWORD=Keller-Regal8\n")
    assert shell(command).is_unknown
    assert shell("git diff docs .").is_unknown


def test_an_index_that_was_read_before_is_read_again_once_it_changed(
    project: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenant_daemon.policy.programs.recorded._SETTLED_NS", 0)
    for _ in range(2):
        assert not shell("git diff").is_unknown
    git(project, "add", "-f", ".env")
    for _ in range(2):
        assert shell("git diff").is_unknown
    git(project, "rm", "--cached", "-q", ".env")
    assert not shell("git diff").is_unknown

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement, PolicyContext, classify
from tenant_daemon.policy.programs.repository import are_harmless_settings

Shell = Callable[[str], Judgement]
PLAIN = '[core]\n\trepositoryformatversion = 0\n\tbare = false\n[remote "origin"]\n\turl = https://example.com/a.git\n'


def make_repository(folder: Path, settings: str = PLAIN) -> Path:
    git = folder / ".git"
    git.mkdir(parents=True)
    (git / "config").write_text(settings)
    return git


@pytest.mark.parametrize(
    "settings",
    [
        '[filter "x"]\n\tclean = id\n',
        '[diff "x"]\n\ttextconv = id\n',
        "[diff]\n\texternal = id\n",
        '[merge "x"]\n\tdriver = id\n',
        "[include]\n\tpath = ../x\n",
        '[includeIf "gitdir:/"]\n\tpath = x\n',
        "[alias]\n\tst = !id\n",
        "[core] editor = id\n",
        "[core]\n\tworktree = /\n",
        '[remote "o"]\n\tuploadpack = id\n',
        '[submodule "x"]\n\tupdate = !id\n',
        "[user]\n\tname = a\\\n",
        "nonsense ]\n",
    ],
)
def test_settings_that_could_run_something_do_not_pass(settings: str) -> None:
    assert not are_harmless_settings(PLAIN + settings)


def test_the_settings_of_a_fresh_clone_pass() -> None:
    assert are_harmless_settings(PLAIN + '[branch "main"]\n\tremote = origin\n\tmerge = refs/heads/main\n')


def test_git_runs_by_itself_in_a_plain_repository_only(workspace: Path, shell: Shell) -> None:
    make_repository(workspace / "good")
    make_repository(workspace / "bad", PLAIN + '[filter "x"]\n\tclean = id\n')
    (workspace / "bad" / "sub").mkdir()
    assert shell("git -C good status").tier is Tier.GREEN
    for command in ("git -C bad status", "cd bad && git diff", "cd bad/sub && git log"):
        assert shell(command).is_unknown, command


def test_submodules_and_settings_elsewhere_ask(workspace: Path, shell: Shell) -> None:
    git = make_repository(workspace / "a")
    (git / "index").write_bytes(b"DIRC" + (0o160000).to_bytes(4, "big"))
    (workspace / "b").mkdir()
    (workspace / "b" / ".git").write_text("gitdir: ../a/.git\n")
    for name in ("a", "b"):
        assert shell(f"git -C {name} status").is_unknown


def test_git_changes_nothing_outside_the_workspace(shell: Shell) -> None:
    assert shell("cd /opt/apps/site && git status").tier is Tier.GREEN
    assert shell("cd /opt/apps/site && git checkout main").is_unknown


@pytest.mark.parametrize(
    "command",
    [
        "cp -r evil b && git -C b status",
        "cp -r evil/. . && git status",
        "mv evil b && cd b && git status",
        "ln -s evil b && git -C b status",
        "git mv evil b && git -C b status",
        "git -C . mv evil b && git -C b status",
        "rename s/evil/b/ evil && git -C b status",
        "rsync -a evil/ b/ && git -C b status",
        "find evil -maxdepth 0 -exec cp -r {} b \\; && git -C b status",
        "tar xf a.tar && git status",
        "patch -p1 < a.patch && git log",
        "docker cp shop:/x . && git status",
        "tar xf a.tar && npm ls",
    ],
)
def test_a_repository_that_comes_just_before_is_not_trusted(
    command: str, workspace: Path, shell: Shell
) -> None:
    make_repository(workspace / "evil", '[filter "x"]\n\tclean = id\n')
    assert shell(command).is_unknown


def test_files_that_come_just_before_are_recorded(workspace: Path, shell: Shell) -> None:
    (workspace / "site").mkdir()
    for command in ("cp -r site b && git add -A", "mv a b && git add b", "git mv a b && git commit -m x"):
        assert not shell(command).is_unknown


@pytest.mark.parametrize(
    "command",
    [
        "git log -p -- '**/.env*'",
        "git log -p -- '[.]env'",
        "git show HEAD -- '.en?'",
        "git grep '' HEAD -- ':(glob)**/.en?'",
        "git log -L1,5:.env",
        "git log -L :func:conf/.env",
    ],
)
def test_patterns_for_recorded_files_may_be_meant_for_secrets(command: str, context: PolicyContext) -> None:
    assert classify("shell", {"command": command}, context).tier is Tier.CRITICAL_RED


def test_lines_of_a_recorded_file_are_read(context: PolicyContext) -> None:
    for command in ("git log -L 1,5:src/main.py", "git log -p -- '*.md' 'docs/**'"):
        assert classify("shell", {"command": command}, context).tier is Tier.GREEN


def test_the_folder_named_behind_other_flags_is_looked_at(workspace: Path, shell: Shell) -> None:
    make_repository(workspace / "bad", PLAIN + '[filter "x"]\n\tclean = id\n')
    for command in ("git --no-pager -C bad status", "git -P -C bad log", "git -C . --no-pager -C bad diff"):
        assert shell(command).is_unknown, command


@pytest.mark.parametrize(
    "command",
    [
        "git -C /opt/apps/site log --oneline -5",
        "git --no-pager -C /opt/apps/site status",
        "git -C /opt/apps/site branch -a",
        "git -C /opt/apps/site stash list",
        "git -C /opt/apps/site config --get user.name",
    ],
)
def test_repositories_of_the_tools_are_read(command: str, shell: Shell) -> None:
    assert shell(command).tier is Tier.GREEN


@pytest.mark.parametrize(
    "command",
    [
        "git -C /opt/apps/site commit -m x",
        "git --no-pager -C /opt/apps/site commit -m x",
        "git -C /opt/apps -C site branch new",
        "git -C /opt/apps/site branch -v new",
        "git -C /opt/apps/site tag v1",
        "git -C /opt/apps/site stash",
        "git -C /opt/apps/site stash pop",
        "git -C /opt/apps/site config user.name x",
        "git -C /opt/apps/site checkout main",
        "git -C /opt/apps/x -C ../../../srv status",
        "git -C /etc log",
        "git -C /opt/apps/ghost/secrets log",
        "git -C /opt/apps/site show HEAD:.env",
        "git -C /opt/apps/site show HEAD:config.php",
        "git -C /opt/apps/site log -p -- config/database.yml",
        "git -C /opt/apps/site grep password",
        "cd /opt/apps/site && git grep password",
        "git -C /opt/apps/site cat-file -p HEAD:a",
    ],
)
def test_repositories_of_the_tools_are_not_changed(command: str, shell: Shell) -> None:
    assert shell(command).is_unknown


def test_a_repository_of_a_tool_with_settings_of_its_own_asks(tmp_path: Path, context: PolicyContext) -> None:
    apps = tmp_path.resolve() / "apps"
    make_repository(apps / "good")
    make_repository(apps / "bad", PLAIN + '[filter "x"]\n\tclean = id\n')
    reading = replace(context, readable_roots=(apps,))
    for command in (f"git -C {apps}/good status", f"cd {apps}/good && git log"):
        assert classify("shell", {"command": command}, reading).tier is Tier.GREEN, command
    for command in (f"git -C {apps}/bad status", f"cd {apps}/bad && git log"):
        assert classify("shell", {"command": command}, reading).is_unknown, command


@pytest.mark.parametrize(
    "said", ["-c color.ui=never", "-P -c user.name=x", "-c core.pager=cat --no-pager -c color.ui=never"]
)
@pytest.mark.parametrize("word", ["status", "add .", "diff", "log -p"])
def test_a_setting_beside_it_hides_no_repository(
    said: str, word: str, workspace: Path, shell: Callable[[str], Judgement]
) -> None:
    (workspace / "foreign" / ".git").mkdir(parents=True)
    (workspace / "foreign" / ".git" / "config").write_text('[filter "x"]\n\tclean = id\n')
    for command in (f"git {said} -C foreign {word}", f"git -C foreign {said} {word}"):
        assert shell(command).tier is Tier.CRITICAL_RED, command


@pytest.mark.parametrize("word", ["commit -am x", "tag v1", "reset HEAD~1", "branch -m new"])
def test_a_setting_beside_it_hides_no_change_elsewhere(word: str, shell: Callable[[str], Judgement]) -> None:
    assert shell(f"git -c user.name=x -C /opt/apps/site {word}").is_unknown
    assert not shell("git -c color.ui=never -C /opt/apps/site log -3").is_unknown

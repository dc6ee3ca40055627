"""Bypasses that were published for other agents' gates. Each is named after where it was found."""

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement, PolicyContext, classify
from tenant_daemon.policy.actions import RunPipelines


def shell(command: str, context: PolicyContext) -> Judgement:
    return classify("shell", {"command": command}, context)


def test_openclaw_cve_2026_28363_abbreviated_long_flags(context: PolicyContext) -> None:
    for flag in ("--compress-program=sh", "--compress-prog=sh", "--compress-pr sh", "--compress-p=sh"):
        assert shell(f"sort {flag} a.txt", context).is_unknown


@pytest.mark.parametrize(
    "command", ["cat *", "cat $HOME/.env", "cat ${PWD:-x}", "ls $IFS", "cat ?env", "cat [.]env"]
)
def test_openclaw_cve_2026_28463_glob_and_variable(command: str, context: PolicyContext) -> None:
    (context.workspace / ".env").write_text("A=b")
    (context.workspace / "link").symlink_to("/etc/shadow")
    found = shell(command, context)
    if "$" in command:
        assert found.is_unknown
        assert found.action is None
    elif command == "cat *":
        # Expanded by us before judging: the link's target is what counts.
        assert found.tier is Tier.CRITICAL_RED
    else:
        # As in bash, a pattern that does not begin with a dot leaves hidden names out.
        assert isinstance(found.action, RunPipelines)
        assert found.action.pipelines[0][0].argv[1:] == (command.split()[1],)


@pytest.mark.parametrize(
    "command",
    ["env -S 'sh -c id'", "env -S'sh -c id'", "env --split-string='id x'", "env -iS id", "env -vS id"],
)
def test_env_split_string(command: str, context: PolicyContext) -> None:
    assert shell(command, context).is_unknown


def test_argv_cannot_change_after_judging(context: PolicyContext) -> None:
    action = shell("ls -la 'a b'", context).action
    assert isinstance(action, RunPipelines)
    assert action.pipelines[0][0].argv == ("ls", "-la", "a b")
    with pytest.raises(AttributeError):
        action.pipelines[0][0].argv = ("rm",)  # type: ignore[misc]


@pytest.mark.parametrize(
    "command", [r"rm \-rf /", r"r\m -rf /", r"\rm -rf /", r"rm -\rf /", "'rm' '-rf' '/'", 'r""m -r"f" /']
)
def test_claude_code_backslash_flags(command: str, context: PolicyContext) -> None:
    found = shell(command, context)
    assert found.tier is Tier.CRITICAL_RED


def test_claude_code_fifty_part_lists(context: PolicyContext) -> None:
    found = shell(" && ".join(["true"] * 50 + ["rm -rf /"]), context)
    assert found.is_unknown
    assert found.action is None


@pytest.mark.parametrize(
    "command",
    [
        r"find . -exec sh -c 'id' \;",
        r"find . -exec rm -rf / \;",
        "find . -exec cat {} + -exec rm -rf / +",
        r"find . -type f -execdir id \;",
    ],
)
def test_claude_code_find_exec(command: str, context: PolicyContext) -> None:
    found = shell(command, context)
    assert found.is_unknown or found.tier is Tier.CRITICAL_RED


@pytest.mark.parametrize(
    "command", ["[[ -v a[$(id)] ]]", "[[ -v 'a[$(id)]' ]]", "test -v 'a[$(id)]'", "[ -v 'a[$(id)]' ]"]
)
def test_claude_code_test_evaluates_subscripts(command: str, context: PolicyContext) -> None:
    assert shell(command, context).is_unknown


@pytest.mark.parametrize("command", ["echo $[1+1]", "echo $[$(id)]", "ls $[id]"])
def test_gemini_old_arithmetic(command: str, context: PolicyContext) -> None:
    assert shell(command, context).action is None


@pytest.mark.parametrize("command", ["ls # harmless\nrm -rf /", "ls #\nrm -rf /", "git status # `id`"])
def test_roo_comments(command: str, context: PolicyContext) -> None:
    assert shell(command, context).is_unknown


@pytest.mark.parametrize("command", ["echo $(rm -rf /)", 'echo "$(rm -rf /)"', "echo `rm -rf /`", "ls $(id)"])
def test_cursor_substitution(command: str, context: PolicyContext) -> None:
    found = shell(command, context)
    assert found.is_unknown
    assert found.tier is Tier.CRITICAL_RED or "id" in command


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u200b", "\u2066", "\ufeff", "\u00a0", "\x07", "\x1b[2K", "\r", "\u3000"]
)
def test_trojan_source_and_invisible_characters(hidden: str, context: PolicyContext) -> None:
    found = shell(f"ls {hidden}a", context)
    assert found.action is None
    assert found.is_unknown


def test_the_sign_for_a_picture_stands_behind_a_picture_alone(context: PolicyContext) -> None:
    for text in ("\u26a0\ufe0f Disk is full", "\u2139\ufe0f done", "1\ufe0f\u20e3 first"):
        assert not shell(f"echo '{text}'", context).is_unknown, text
    for text in (
        "l\ufe0fs",
        "a \ufe0f",
        "\u26a0\ufe0f\ufe0f",
        "\u26a0\ufe0e",
        "1\ufe0f",
        "\U0001f469\u200d\U0001f4bb",
    ):
        assert shell(f"echo '{text}'", context).is_unknown, text


def test_a_file_called_like_a_flag_stays_a_file(context: PolicyContext) -> None:
    (context.workspace / "-rf").touch()
    action = shell("ls *", context).action
    assert isinstance(action, RunPipelines)
    assert action.pipelines[0][0].argv == ("ls", "./-rf")

"""Words that the grammar and our own reading see differently."""

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import PolicyContext, classify
from tenant_daemon.policy.actions import RunPipelines
from tenant_daemon.policy.shell.unquote import unquote


@pytest.mark.parametrize(
    "command",
    [
        """ls "${x:-'}"; cat /etc/shadow; ls "'}\"""",
        """ls "${x:-'}" | sh; ls "'}\"""",
        """echo "${x:-'}" > /etc/cron.d/x; echo "'}\"""",
    ],
)
def test_a_word_does_not_go_on_behind_its_end(command: str, context: PolicyContext) -> None:
    assert classify("shell", {"command": command}, context).is_unknown


@pytest.mark.parametrize(
    "source", ["a;b", "a b", "a|b", "a&b", "a<b", "a>b", "(a)", '"a";b', "'a' b", "a`b`"]
)
def test_signs_outside_quotes_end_a_word(source: str) -> None:
    assert unquote(source, ()).is_dynamic


@pytest.mark.parametrize(("source", "text"), [('"a;b c"', "a;b c"), (r"a\;b", "a;b"), ("'(a|b)'", "(a|b)")])
def test_quoted_signs_are_part_of_it(source: str, text: str) -> None:
    assert unquote(source, ()).text == text
    assert not unquote(source, ()).is_dynamic


@pytest.mark.parametrize(
    "line",
    [
        """echo "${x:-'$(rm -rf /opt/apps)'}\"""",
        """echo "${x:-'`reboot`'}\"""",
        """echo "${x:-$(reboot)'a'}\"""",
        "echo ${x:-'a'$(reboot)}",
        "x=a; echo \"${x%'$(reboot)'}\"",
        "y='x[$(reboot)]'; [[ y -gt 0 ]]",
        "y='x[$(reboot)]'; [[ $y -gt 0 ]]",
        "y='x[$(reboot)]'; (( y > 0 ))",
        "y='x[$(reboot)]'; [[ -f a && 1 -eq y ]]",
        "test 'a[$(reboot)]' -eq 1",
    ],
)
def test_what_a_shell_would_run_among_quotes_and_numbers_asks(line: str, context: PolicyContext) -> None:
    assert classify("shell", {"command": line}, context).is_unknown


@pytest.mark.parametrize(
    "line",
    [
        'echo "${x:-a b}" "${x:-/tmp/a?}"',
        "n=3; [[ $n -gt 2 ]] && (( n > 1 )) && ls",
        '[ "$(wc -l < notes.md)" -gt 3 ] && ls',
        "[[ $(wc -l < notes.md) -lt 10 ]] && [[ a == b ]] || ls",
    ],
)
def test_plain_defaults_and_numbers_are_read(line: str, context: PolicyContext) -> None:
    assert not classify("shell", {"command": line}, context).is_unknown


@pytest.mark.parametrize(
    "line",
    [
        r"""docker exec ghost sh -c 'cat "/var/lib/ghost/.e"\nv'""",
        r"""docker exec ghost sh -c 'cat $x"/srv/.e"\nv'""",
        r'mv "work"\/old x',
        r'echo x > "out"\/b',
        r'echo x > "out"\/b c',
        r"cat <<< 'a'\b",
        r'x=("a"\/b); echo "${x[@]}"',
        r"v=a; echo ${v}\*",
        r"docker exec ghost sh -c 'cat }\ notes'",
        "docker exec ghost sh -c 'echo =~\nreboot'",
        "echo a ==\nrm -r old",
        "echo == 2>notes.md",
        r"ls \ a",
        r"ls a \ ",
        r'cat "a"\ b',
        r'for i in "a"\b; do echo "$i"; done',
    ],
)
def test_a_word_that_the_grammar_ends_too_early_asks(line: str, context: PolicyContext) -> None:
    assert classify("shell", {"command": line}, context).is_unknown


@pytest.mark.parametrize(
    ("line", "argv"),
    [
        ('[ -f "notes".md ]', ("test", "-f", "notes.md")),
        ('[ "x y"z = "x yz" ]', ("test", "x yz", "=", "x yz")),
        (r"[[ -f a\ b ]]", ("test", "-f", "a b")),
    ],
)
def test_a_tested_word_goes_on_behind_quotes(
    line: str, argv: tuple[str, ...], context: PolicyContext
) -> None:
    action = classify("shell", {"command": line}, context).action
    assert isinstance(action, RunPipelines)
    assert action.pipelines[0][0].argv == argv


@pytest.mark.parametrize("line", ["tee -", "cat notes.md | tee -a -", "shuf notes.md -o -"])
def test_a_dash_is_the_name_of_a_file_where_the_program_takes_it_so(
    line: str, context: PolicyContext
) -> None:
    assert classify("shell", {"command": line}, context).tier is Tier.YELLOW

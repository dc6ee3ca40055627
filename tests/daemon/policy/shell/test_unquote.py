"""Words that the grammar and our own reading see differently."""

import pytest

from tenant_daemon.policy import PolicyContext, classify
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

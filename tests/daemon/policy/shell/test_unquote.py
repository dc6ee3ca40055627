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

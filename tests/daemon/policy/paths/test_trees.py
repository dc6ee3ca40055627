from collections.abc import Callable
from pathlib import Path

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement

Shell = Callable[[str], Judgement]
SHOW = "find . -type f -exec cat {} \\;"
COUNT = "find . -type f | xargs wc -l"


def test_what_is_found_in_a_plain_tree_may_be_read(workspace: Path, shell: Shell) -> None:
    (workspace / "a").mkdir()
    (workspace / "a" / "b.txt").write_text("x")
    assert [shell(command).tier for command in (SHOW, COUNT)] == [Tier.GREEN, Tier.GREEN]


@pytest.mark.parametrize("command", [SHOW, COUNT])
def test_a_link_out_of_the_workspace_asks(workspace: Path, shell: Shell, command: str) -> None:
    (workspace / "a").mkdir()
    (workspace / "a" / "b").symlink_to("/etc/passwd")
    assert shell(command).is_unknown


def test_a_blank_in_a_name_asks_where_names_are_split(workspace: Path, shell: Shell) -> None:
    (workspace / "x ").mkdir()
    assert shell(COUNT).is_unknown
    assert shell("find . -type f -print0 | xargs -0 wc -l").tier is Tier.GREEN

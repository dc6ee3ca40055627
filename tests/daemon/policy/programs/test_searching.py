"""Programs that go through whole folders leave files of passwords out."""

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import PolicyContext, classify
from tenant_daemon.policy.actions import RunPipelines
from tenant_daemon.policy.judgement import Judgement


def shell(command: str, context: PolicyContext) -> Judgement:
    return classify("shell", {"command": command}, context)


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("rg --hidden total", "--glob=!.env"),
        ("rg -uuu -g '*.{ts,md}' total docs", "--glob=!*.pem"),
        ("rg -l total", "--glob=!id_rsa"),
        ("ag --hidden total docs", "--ignore=.env"),
        ("ack total docs", "--ignore-file=match:/^\\.env\\..*$/"),
        ("ack -f docs", "--noenv"),
        ("ugrep -rn total docs", "--exclude=*.pem"),
    ],
)
def test_files_of_passwords_are_left_out(command: str, option: str, context: PolicyContext) -> None:
    found = shell(command, context)
    assert found.tier is Tier.GREEN
    assert isinstance(found.action, RunPipelines)
    assert option in found.action.pipelines[0][0].argv


@pytest.mark.parametrize("pattern", ["*", ".*", "**/.e*", ".{env,x}", "*.{md,pem}", "ID_*"])
def test_no_pattern_brings_them_in_again(pattern: str, context: PolicyContext) -> None:
    assert shell(f"rg --hidden -g '{pattern}' ''", context).is_unknown
    assert shell(f"rg --hidden --iglob '{pattern}' ''", context).is_unknown


def test_leaving_more_out_is_fine(context: PolicyContext) -> None:
    assert not shell("rg --hidden -g '!*.log' -g '!{a,b}' total", context).is_unknown


def test_a_link_to_a_folder_with_links_leads_on(context: PolicyContext) -> None:
    links = context.workspace / "links"
    links.mkdir()
    assert not shell("ln -s links y; cat y/key", context).is_unknown
    (links / "key").symlink_to("/etc/passwd")
    assert shell("ln -s links y; cat y/key", context).is_unknown


@pytest.mark.parametrize(
    "filter_", ["-mindepth 1", "-regex '.*'", "-path './*'", "-name '?*'", "-name '*.*'"]
)
def test_a_search_that_leaves_nothing_out_deletes_everything(filter_: str, context: PolicyContext) -> None:
    assert shell(f"find . {filter_} -delete", context).tier is Tier.CRITICAL_RED
    assert shell("find . -name '*.tmp' -delete", context).tier is Tier.RED

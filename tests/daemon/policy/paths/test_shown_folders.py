"""Folders of the tools with setups and texts may be searched whole, and nothing else of theirs."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement, PolicyContext, classify

Shell = Callable[[str], Judgement]


@pytest.mark.parametrize(
    "command",
    [
        "grep -rn proxy_pass /opt/apps/nginx/conf.d",
        "rg -l acme /opt/apps/wordpress/html/wp-content/themes/acme",
        "grep -rc ERROR /opt/apps/ghost/content/logs",
        "grep -Rn --include=*.conf listen /opt/apps/nginx/conf.d",
    ],
)
def test_folders_of_setups_are_searched(command: str, shell: Shell) -> None:
    assert shell(command).tier is Tier.GREEN


@pytest.mark.parametrize(
    "command",
    [
        "grep -rn x /opt/apps/nginx",
        "grep -Rn x /opt/apps/nginx",
        "grep -rn x /opt/apps",
        "rg x /opt/apps/ghost",
        "grep -rn x /opt/apps/x/docs/../secrets",
        "grep -rn x /opt/apps/vault/docs",
        "grep -rn x /etc/nginx/conf.d",
        "cp -r /opt/apps/nginx/conf.d .",
        "diff -r /opt/apps/nginx/conf.d old",
        "ag x /opt/apps/nginx/conf.d",
    ],
)
def test_everything_else_of_theirs_asks(command: str, shell: Shell) -> None:
    assert shell(command).is_unknown


def test_a_file_not_read_alone_keeps_its_folder_closed(tmp_path: Path, context: PolicyContext) -> None:
    apps = tmp_path.resolve() / "apps"
    for name in ("plain", "password", "link"):
        (apps / name / "conf.d").mkdir(parents=True)
        (apps / name / "conf.d" / "site.conf").write_text("listen 80;\n")
    (apps / "password" / "conf.d" / "htpasswd").write_text("x\n")
    (apps / "link" / "conf.d" / "up.conf").symlink_to(tmp_path)
    reading = replace(context, readable_roots=(apps,))
    found = {
        name: classify("shell", {"command": f"grep -rn listen {apps}/{name}/conf.d"}, reading).is_unknown
        for name in ("plain", "password", "link")
    }
    assert found == {"plain": False, "password": True, "link": True}

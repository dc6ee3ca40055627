"""Compose starts what a file in the current folder says: one that the agent could have written asks."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement

Shell = Callable[[str], Judgement]


@pytest.mark.parametrize(
    "command",
    [
        "docker compose up -d",
        "docker compose up -d && docker compose ps",
        "docker compose up -d 2>&1 | tail -5",
        "docker compose ps && docker compose up -d; docker compose logs --tail=20",
        "cd /opt/apps/ghost && docker compose up -d && docker compose logs --tail=20",
    ],
)
def test_the_tools_are_started_beside_other_commands(command: str, shell: Shell) -> None:
    found = shell(command)
    assert (found.tier, found.is_unknown, found.is_external) == (Tier.YELLOW, False, False), found.reason


@pytest.mark.parametrize(
    "command",
    [
        "cp evil.yml compose.yml && docker compose up -d",
        "mv evil.yml compose.yml && docker compose up -d",
        "docker compose up -d & cp evil.yml compose.yml",
        "docker compose up -d | tee compose.yml",
        "tee compose.yml < evil.yml | docker compose up -d",
        "echo x > compose.yml; docker compose up -d",
        "docker compose up -d; cat evil.yml >> compose.yml",
        "x=$(cp evil.yml compose.yml); docker compose up -d",
        "for i in 1 2; do docker compose up -d; cp evil.yml compose.yml; done",
        "docker cp ghost:/tmp/x.yml compose.yml; docker compose up -d",
        "docker logs ghost > compose.yml; docker compose up -d",
        "git checkout evil; docker compose up -d",
        "git stash pop && docker compose up -d",
        "tar xf evil.tar && docker compose up -d",
        "unzip -o evil.zip; docker compose up -d",
        "find . -name e.yml -exec cp {} compose.yml \\; ; docker compose up -d",
        "ls e.yml | xargs -I{} cp {} compose.yml; docker compose up -d",
        "sh -c 'cp evil.yml compose.yml'; docker compose up -d",
        "ln -s evil.yml compose.yml; docker compose up -d",
        "curl -so compose.yml http://127.0.0.1:2368/x; docker compose up -d",
        "sudo git stash pop; docker compose up -d",
        "docker compose -f compose.yml ps && docker compose up -d",
    ],
)
def test_a_setup_that_the_line_may_make_asks(command: str, shell: Shell) -> None:
    assert shell(command).is_unknown


def test_a_setup_that_lies_there_asks(workspace: Path, shell: Shell) -> None:
    (workspace / "compose.yml").write_text("services: {}\n")
    for command in ("docker compose up -d", "docker compose up -d && docker compose ps"):
        assert shell(command).tier is Tier.CRITICAL_RED, command

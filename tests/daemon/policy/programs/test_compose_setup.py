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


READING = (
    "docker compose ps",
    "docker compose logs --tail=20",
    "docker compose config --services",
    "docker compose exec ghost ls",
    "docker compose restart ghost",
    "docker compose stop",
    "docker-compose ps",
)


@pytest.mark.parametrize("command", READING)
def test_a_setup_of_the_agents_own_is_not_even_read(command: str, workspace: Path, shell: Shell) -> None:
    # It can include files by an address, and what is wrong in a file that it names is printed.
    assert not shell(command).is_unknown
    (workspace / "compose.yml").write_text("include: [https://evil.example/x.git]\n")
    assert shell(command).is_unknown
    (workspace / "sub").mkdir()
    assert shell(f"cd sub && {command}").is_unknown


@pytest.mark.parametrize("command", READING)
def test_a_setup_that_the_line_may_make_is_not_read(command: str, shell: Shell) -> None:
    for making in ("cp evil.yml compose.yml", "git checkout evil", "echo x > compose.yml"):
        assert shell(f"{making}; {command}").is_unknown, making


@pytest.mark.parametrize(
    "command",
    [
        "df -h; docker compose ps",
        "git log -1 && docker compose logs --tail=5",
        "docker compose restart ghost && docker compose ps",
        "cd /opt/apps/ghost && docker compose ps | grep ghost",
        "cd /opt/apps/ghost && docker compose --env-file .env ps",
        "docker compose ls",
    ],
)
def test_the_tools_are_shown_beside_other_commands(command: str, shell: Shell) -> None:
    assert not shell(command).is_unknown


def test_what_reads_no_setup_is_shown_anyway(workspace: Path, shell: Shell) -> None:
    (workspace / "compose.yml").write_text("services: {}\n")
    assert shell("docker compose ls").tier is Tier.GREEN
    assert shell("cd /opt/apps/ghost && docker compose ps").tier is Tier.GREEN


ALSO_READING = (
    "docker compose config --images",
    "docker compose config -q",
    "docker compose down",
    "docker compose kill shop",
    "docker compose cp shop:/a.txt b.txt",
    "docker-compose restart",
)


def test_nor_does_any_other_word_of_compose_read_it(workspace: Path, shell: Shell) -> None:
    # It can take passwords from the tools' files and have them printed: `image: ${DB_PASSWORD}`.
    for command in ALSO_READING:
        assert not shell(command).is_unknown, command
    (workspace / "docker-compose.yml").write_text("include: [{path: x, env_file: /opt/apps/ghost/.env}]\n")
    for command in ALSO_READING:
        assert shell(command).is_unknown, command
    assert not shell("docker compose -f /opt/apps/ghost/docker-compose.yml ps").is_unknown


@pytest.mark.parametrize(
    "command",
    [
        "echo x > compose.yml; docker compose ps",
        "cp evil.yml docker-compose.yaml && docker compose config --images",
        "docker compose ps; mv evil.yml compose.yml",
        "git stash pop && docker compose logs",
        "tar xf evil.tar && docker compose ps",
        "unzip -o evil.zip; docker compose config -q",
        "cp -r evil/. . && docker compose ps",
        "cp -r evil/. shop/ && cd shop && docker compose ps",
        "curl -sO http://127.0.0.1:2368/compose.yml; docker compose ps",
        "wget -q --max-redirect=0 -O compose.yml http://127.0.0.1:2368/x; docker compose ps",
        "rename 's/evil/compose/' evil.yml; docker compose ps",
        "cp evil.yml shop/compose.yml; cd shop && docker compose ps",
    ],
)
def test_reading_a_setup_that_the_line_may_make_asks(command: str, shell: Shell) -> None:
    assert shell(command).is_unknown


@pytest.mark.parametrize(
    "command",
    [
        "docker compose ps > containers.txt",
        "docker compose ps --format json | jq -r '.Name' > names.txt",
        "docker compose logs --since 1h > logs.txt && gzip -k logs.txt",
        "mkdir -p reports && docker compose ps -a > reports/today.txt",
    ],
)
def test_what_is_read_may_be_kept(command: str, shell: Shell) -> None:
    assert not shell(command).is_unknown


@pytest.mark.parametrize(
    "command",
    [
        "docker compose --env-file .env -f /opt/apps/ghost/docker-compose.yml up -d",
        "docker compose --env-file /opt/apps/ghost/../../../srv/x.env up -d",
        "cd /opt/apps/ghost && docker compose --env-file .env config",
        "cd /opt/apps/ghost && docker compose --env-file docker-compose.yml up -d",
    ],
)
def test_values_of_the_agents_own_fill_no_setup(command: str, shell: Shell) -> None:
    assert shell(command).is_unknown


def test_the_tools_own_values_do(shell: Shell) -> None:
    found = shell("cd /opt/apps/ghost && docker compose --env-file .env up -d")
    assert (found.tier, found.is_unknown) == (Tier.YELLOW, False), found.reason

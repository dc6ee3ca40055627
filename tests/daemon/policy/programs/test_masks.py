"""What shows settings with passwords among them goes through a command that takes their values out."""

import subprocess
from collections.abc import Callable

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement, PolicyContext, classify
from tenant_daemon.policy.actions import RunPipelines

Shell = Callable[[str], Judgement]
CONTAINER = """[
    {
        "Name": "/shop",
        "Config": {
            "Env": [
                "DB_PASSWORD=a]b=\\"c\\"",
                "EMPTY=",
                "PATH=/usr/bin"
            ],
            "Cmd": [
                "start=now"
            ]
        }
    }
]
"""
HIDDEN = """[
    {
        "Name": "/shop",
        "Config": {
            "Env": [
                "DB_PASSWORD=***",
                "EMPTY=***",
                "PATH=***"
            ],
            "Cmd": [
                "start=now"
            ]
        }
    }
]
"""


def programs(found: Judgement) -> list[str]:
    assert isinstance(found.action, RunPipelines)
    return [command.argv[0] for command in found.action.pipelines[0]]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("docker inspect shop", ["docker", "sed"]),
        ("docker container inspect shop | jq '.[0].Config'", ["docker", "sed", "jq"]),
        ("docker image inspect ghost:5", ["docker", "sed"]),
        ("docker ps -q | xargs docker inspect", ["docker", "xargs", "sed"]),
        ("timeout 5 docker inspect shop", ["timeout", "sed"]),
        ("systemctl show ghost", ["systemctl", "sed"]),
        ("systemctl cat ghost", ["systemctl", "sed"]),
        ("docker inspect -f '{{.State.Status}}' shop", ["docker"]),
        ("systemctl show -p MainPID ghost", ["systemctl"]),
        ("systemctl status ghost", ["systemctl"]),
        ("docker ps", ["docker"]),
    ],
)
def test_passwords_are_taken_out_on_the_way(command: str, expected: list[str], shell: Shell) -> None:
    found = shell(command)
    assert found.tier is Tier.GREEN
    assert programs(found) == expected


def test_a_file_gets_what_is_left(shell: Shell) -> None:
    found = shell("docker inspect shop > shop.json")
    assert isinstance(found.action, RunPipelines)
    docker, mask = found.action.pipelines[0]
    assert docker.stdout_path is None
    assert mask.stdout_path is not None
    assert (docker.is_mask, mask.is_mask) == (False, True)


def test_the_docker_tool_still_runs_one_command(context: PolicyContext) -> None:
    found = classify("docker", {"command": "inspect shop"}, context)
    assert (found.tier, programs(found)) == (Tier.GREEN, ["docker", "sed"])
    assert classify("docker", {"command": "inspect shop | cat"}, context).is_unknown


def test_every_value_of_a_container_is_hidden_and_nothing_else(shell: Shell) -> None:
    found = shell("docker inspect shop")
    assert isinstance(found.action, RunPipelines)
    mask = found.action.pipelines[0][1].argv
    shown = subprocess.run(mask, input=CONTAINER, capture_output=True, text=True, check=True, timeout=10)
    assert shown.stdout == HIDDEN


def test_the_variables_of_a_service_are_hidden(shell: Shell) -> None:
    found = shell("systemctl show ghost")
    assert isinstance(found.action, RunPipelines)
    mask = found.action.pipelines[0][1].argv
    text = "Id=ghost.service\nEnvironment=A=b PASSWORD=c\nMainPID=7\n"
    shown = subprocess.run(mask, input=text, capture_output=True, text=True, check=True, timeout=10)
    assert shown.stdout == "Id=ghost.service\nEnvironment=***\nMainPID=7\n"

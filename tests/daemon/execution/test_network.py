"""Commands that need no network have none; those that do are not cut off."""

import dataclasses
import socket
from pathlib import Path

import pytest

from tenant_daemon.execution import CallScope, Limits, Outcome
from tenant_daemon.execution.network import network_flags
from tenant_daemon.execution.shell import Shell
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.home import TenantHome
from tenant_daemon.policy import classify
from tenant_daemon.policy.actions import Command, RunPipelines
from tenant_daemon.policy.programs.examples import EXAMPLE_CONTEXT

CONNECT = "import socket; socket.create_connection(('127.0.0.1', {port}), 5); print('reached')"


async def run(home: TenantHome, scope: CallScope, command: Command) -> Outcome:
    shell = Shell(home, UndoStore.open(home), Limits())
    workspace = home.workspace("it-admin")
    return await shell.run(RunPipelines(((command,),), cwd=workspace), workspace, scope)


@pytest.mark.parametrize(
    ("kind", "is_reached"), [("plain", False), ("needs network", True), ("approved", True)]
)
async def test_network_is_there_where_it_is_needed(
    home: TenantHome, scope: CallScope, kind: str, is_reached: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        script = CONNECT.format(port=server.getsockname()[1])
        command = Command(("python3", "-c", script), needs_network=kind == "needs network")
        outcome = await run(home, dataclasses.replace(scope, is_approved=kind == "approved"), command)

    # A kernel that does not let us leaves the layers above; `doctor` says so.
    assert ("reached" in outcome.output) is (is_reached or not network_flags())


async def test_files_and_the_user_stay_as_they_are(
    home: TenantHome, scope: CallScope, workspace: Path
) -> None:
    outcome = await run(home, scope, Command(("sh", "-c", "id -u; echo x > made; cat made")))

    assert outcome.is_success, outcome.output
    assert (workspace / "made").stat().st_uid == int(outcome.output.split()[0])


def test_what_asks_services_of_this_server_keeps_the_network() -> None:
    for text, is_needed in (
        ("psql -c 'select 1'", True),
        ("timeout 5 psql -c 'select 1'", True),
        ("/usr/bin/docker ps", True),
        ("cat notes", False),
        ("docker ps | sort", True),
    ):
        action = classify("shell", {"command": text}, EXAMPLE_CONTEXT).action
        assert isinstance(action, RunPipelines)
        assert action.pipelines[0][0].needs_network is is_needed, text
        assert not any(command.needs_network for command in action.pipelines[0][1:])

"""The command line as a person meets it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tenant_daemon.__main__ import COMMANDS
from tenant_daemon.contracts.health import ComponentHealth, Heartbeat
from tenant_daemon.hub_client.status_command import describe
from tenant_daemon.kit.command_line import run_command


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tenant_daemon", *arguments], capture_output=True, text=True, timeout=60
    )


def test_help_names_every_command() -> None:
    done = _run("--help")
    assert done.returncode == 0
    assert all(command.name in done.stdout for command in COMMANDS)


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_command("tenant", "", COMMANDS, [name, "--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert "--home" in text
    assert len(text.split("\n\n")) >= 2


def test_unknown_command_is_refused() -> None:
    done = _run("dance")
    assert done.returncode == 2
    assert "invalid choice" in done.stderr


def test_status_of_a_daemon_that_does_not_run(tmp_path: Path) -> None:
    done = _run("status", "--home", str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "The daemon does not run.\n")


def test_run_without_enrolment_says_what_to_do(tmp_path: Path) -> None:
    done = _run("run", "--home", str(tmp_path / "home"))
    assert done.returncode == 1
    assert "Run `python -m tenant_daemon enrol` first." in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_names_every_problem_and_survives_each(tmp_path: Path) -> None:
    done = _run("doctor", "--home", str(tmp_path / "home"))
    assert done.returncode == 1
    assert [line.split()[1] for line in done.stdout.splitlines()] == [
        "settings",
        "home",
        "enrolment",
        "vault",
        "audit",
        "disk",
        "config",
        "daemon",
    ]
    assert "Traceback" not in done.stderr


def test_status_is_a_table_for_people() -> None:
    beat = Heartbeat(
        daemon_version="1",
        openclaw_version="2",
        config_version=4,
        is_ready=False,
        components=[ComponentHealth(name="openclaw", is_healthy=False, detail="starting")],
    )
    status = {"is_online": True, "is_ready": False, "health": beat.model_dump(mode="json")}
    assert describe(status).splitlines() == [
        "hub       ok  connected",
        "openclaw  --  starting",
        "config    ok  version 4",
        "outbox    ok  0 messages wait for the hub",
        "audit     ok  0 entries",
        "Agents cannot work yet; messages wait.",
    ]

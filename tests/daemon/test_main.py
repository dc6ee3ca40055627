"""The command line as a person meets it."""

import subprocess
import sys
from pathlib import Path

import pytest
import structlog

from tenant_daemon import __main__ as main_module
from tenant_daemon import doctor_guards
from tenant_daemon.__main__ import COMMANDS
from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.contracts.health import ComponentHealth, Heartbeat
from tenant_daemon.diagnosis import State, counted, finding
from tenant_daemon.doctor import examine
from tenant_daemon.doctor_guards import check_policy, check_redaction, check_sandbox
from tenant_daemon.execution.sandbox import landlock_version
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.applied_config import AppliedConfig
from tenant_daemon.hub_client.status_command import describe
from tenant_daemon.kit.command_line import run_command
from tenant_daemon.redaction import Redactor


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tenant_daemon", *arguments], capture_output=True, text=True, timeout=180
    )


@pytest.mark.slow
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


def test_errors_show_no_local_variables(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(held: str) -> int:
        try:
            raise ValueError(len(held))
        except ValueError:
            structlog.get_logger().exception("command.failed")
        return 1

    before = structlog.get_config()
    monkeypatch.setattr(main_module, "run_command", lambda *_: fail("hush" + "-hush"))
    try:
        assert main_module.main() == 1
    finally:
        structlog.configure(**before)
    shown = capsys.readouterr().err
    assert "ValueError" in shown
    assert "hush-hush" not in shown


def test_unknown_command_is_refused() -> None:
    done = _run("dance")
    assert done.returncode == 2
    assert "invalid choice" in done.stderr


@pytest.mark.slow
def test_status_of_a_daemon_that_does_not_run(tmp_path: Path) -> None:
    done = _run("status", "--home", str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"The daemon does not run. Start it: python -m tenant_daemon run --home {tmp_path}\n"
    )


@pytest.mark.slow
def test_run_without_enrolment_says_what_to_do(tmp_path: Path) -> None:
    done = _run("run", "--home", str(tmp_path / "home"))
    assert done.returncode == 1
    assert "Run `python -m tenant_daemon enrol` first." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_doctor_names_every_problem_and_survives_each(tmp_path: Path) -> None:
    done = _run("doctor", "--home", str(tmp_path / "home"))
    assert done.returncode == 1
    checks, _, conclusion = done.stdout.partition("\n\n")
    assert [line.split()[1] for line in checks.splitlines()] == [
        "settings",
        "home",
        "enrolment",
        "vault",
        "audit",
        "disk",
        "policy",
        "redaction",
        "sandbox",
        "closed",
        "config",
        "daemon",
    ]
    assert conclusion.strip().endswith("to repair (--), best from top to bottom.")
    assert f"start it: python -m tenant_daemon run --home {tmp_path / 'home'}" in checks
    assert "Traceback" not in done.stderr


def test_doctor_tells_what_guards_the_server() -> None:
    assert "programs known" in check_policy()
    assert check_redaction().startswith("hyperscan, ")


def test_doctor_tells_of_a_kernel_without_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_guards, "landlock_version", lambda: 0)
    found = finding("sandbox", check_sandbox)
    assert (found.state, "Linux 5.13" in found.detail) == (State.WEAK, True)
    assert "what was approved could read the daemon's own files" in found.detail
    monkeypatch.setattr(doctor_guards, "landlock_version", lambda: 4)
    monkeypatch.setattr(doctor_guards, "network_flags", lambda: 1)
    monkeypatch.setattr("os.geteuid", lambda: 1_000)
    found = finding("sandbox", check_sandbox)
    assert found.state is State.RIGHT
    assert found.detail.startswith("Landlock 4: ")
    assert "no network for what needs none" in found.detail
    assert "no signal" not in found.detail
    monkeypatch.setattr(doctor_guards, "landlock_version", lambda: 6)
    assert "no signal to its processes" in finding("sandbox", check_sandbox).detail


def test_doctor_tells_whether_calls_have_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cgroup.subtree_control").write_text("cpu pids memory\n")
    for group, told in ((tmp_path, "a control group for each call (memory, pids)"), (None, "Delegate=")):
        monkeypatch.setattr(doctor_guards, "base_of", lambda _process, group=group: group)
        assert told in finding("sandbox", lambda: check_sandbox("", 12)).detail
    assert "control group" not in finding("sandbox", check_sandbox).detail


def test_doctor_tells_of_commands_that_run_as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    found = finding("sandbox", check_sandbox)
    assert (found.state, "run as root" in found.detail) == (State.WEAK, True)
    found = finding("sandbox", lambda: check_sandbox("54321"))
    assert "run as root" not in found.detail
    assert ("but an approved one for the server can open" in found.detail) is (landlock_version() > 0)
    assert finding("sandbox", lambda: check_sandbox("root")).state is State.WRONG


def test_doctor_tells_of_redaction_that_lets_a_secret_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Redactor, "redact", lambda _self, text: text)
    assert finding("redaction", check_redaction).state is State.WRONG


def test_doctor_tells_whom_the_owner_has_stopped(tmp_path: Path) -> None:
    agents = [
        AgentConfig(agent_id="sales", name="Sam", is_stopped=True),
        AgentConfig(agent_id="b", name="Bo"),
    ]
    AppliedConfig(tmp_path / "config.json").apply(TenantConfig(version=2, agents=agents))
    (found,) = (found for found in examine(TenantHome(tmp_path)) if found.name == "config")
    assert (found.state, found.detail) == (State.WEAK, "version 2; the owner has stopped Sam")


@pytest.mark.parametrize(
    ("number", "word", "told"), [(1, "entry", "1 entry"), (2, "entry", "2 entries"), (0, "agent", "0 agents")]
)
def test_numbers_read_well(number: int, word: str, told: str) -> None:
    assert counted(number, word) == told


def test_status_is_a_table_for_people() -> None:
    beat = Heartbeat(
        daemon_version="1",
        openclaw_version="2",
        config_version=4,
        is_ready=False,
        components=[ComponentHealth(name="openclaw", is_healthy=False, detail="starting")],
        audit_count=1,
    )
    status = {"is_online": True, "is_ready": False, "health": beat.model_dump(mode="json")}
    assert describe(status).splitlines() == [
        "hub       ok  connected",
        "openclaw  --  starting",
        "config    ok  version 4",
        "outbox    ok  empty",
        "audit     ok  1 entry",
        "",
        "Agents cannot work yet. What they are asked is kept and done as soon as they can.",
    ]


def test_status_says_when_the_owner_has_stopped_all() -> None:
    status = {"is_online": False, "is_ready": True, "stopped": "the owner has stopped everything"}
    assert describe(status).splitlines() == [
        "hub  --  away: connecting",
        "",
        "Agents could work, but the owner has stopped everything.",
    ]

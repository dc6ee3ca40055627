"""The systemd units of a customer's server, and the step that hands OpenClaw its files."""

import json
import re
import shutil
import stat
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.openclaw.environment import clean_environment, command
from tenant_daemon.openclaw.setup import write_files
from tenant_daemon.settings import TenantSettings
from tests.support.openclaw import make_home

UNITS = Path(__file__).resolve().parents[2] / "deploy" / "tenant"
MOST_EXPOSED = {"letsbe-proxy": 1.5, "letsbe-openclaw": 1.5, "letsbe-tenant": 5.5}
"""As ``systemd-analyze security`` rates it: 0 is closed, 10 is open."""


def unit(name: str) -> dict[str, list[str]]:
    """The settings of a unit's service, each with all its values."""
    found: dict[str, list[str]] = {}
    for line in (UNITS / f"{name}.service").read_text().split("[Service]")[1].splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


@pytest.mark.parametrize(("name", "most"), MOST_EXPOSED.items())
def test_unit_is_as_closed_as_it_was(name: str, most: float) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        assert "NoNewPrivileges" in unit(name)
        return
    told = subprocess.run(
        [program, "security", "--offline=true", str(UNITS / f"{name}.service")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    rating = re.search(r"exposure level for \S+: ([\d.]+)", told.stdout)
    assert rating is not None, told.stderr
    assert float(rating[1]) <= most


def test_keys_and_openclaw_have_different_users() -> None:
    guards, agents = unit("letsbe-proxy"), unit("letsbe-openclaw")
    assert guards["User"] == unit("letsbe-tenant")["User"] == ["letsbe"]
    assert agents["User"] == ["letsbe-openclaw"]
    assert "LoadCredentialEncrypted" in guards
    assert "LoadCredentialEncrypted" not in agents
    assert "/var/lib/letsbe" in agents["InaccessiblePaths"][0].split()
    users = (UNITS / "letsbe-sysusers.conf").read_text()
    assert not re.search(r"^m ", users, re.MULTILINE)


def test_daemon_may_make_groups_for_calls() -> None:
    guards = unit("letsbe-tenant")
    assert set(guards["Delegate"][0].split()) == {"memory", "pids"}
    # Both would make /sys/fs/cgroup read-only.
    assert not {"ProtectControlGroups", "ProtectKernelTunables"} & set(guards)


def test_openclaw_reaches_this_server_only() -> None:
    agents = unit("letsbe-openclaw")
    assert (agents["IPAddressDeny"], agents["IPAddressAllow"]) == (["any"], ["localhost"])


def test_openclaw_is_started_as_the_daemon_would(tmp_path: Path) -> None:
    settings, home = TenantSettings(tenant_name="t", hub_url="http://h"), make_home(tmp_path)
    agents = unit("letsbe-openclaw")
    assert agents["ExecStart"] == [" ".join(command(settings, "gateway", "--port", "18789"))]
    given = {name for line in agents["Environment"] for name in re.findall(r"(\w+)=", line)}
    assert given == set(clean_environment(home, settings))


def test_units_can_be_read() -> None:
    for path in [*UNITS.glob("*.service"), *UNITS.glob("*.path")]:
        ConfigParser(strict=False, interpolation=None).read(path)


@pytest.fixture
def handed(tmp_path: Path) -> tuple[Path, Path, Path]:
    """The daemon's folder, and OpenClaw's two, before anything was handed over."""
    home = make_home(tmp_path)
    agents = [AgentConfig(agent_id="sales", name="Sales", soul_md="# Sales\n")]
    settings = TenantSettings(tenant_name="t", hub_url="http://h")
    write_files(home, settings, TenantConfig(version=1, agents=agents))
    state, run = tmp_path / "state", tmp_path / "run"
    state.mkdir()
    run.mkdir()
    return home.root, state, run


def hand_over(folders: tuple[Path, Path, Path]) -> int:
    arguments = [str(UNITS / "hand-over"), *map(str, folders)]
    return subprocess.run(arguments, timeout=120, capture_output=True, check=False).returncode


def test_openclaw_gets_copies_and_no_path_into_the_daemons_folder(handed: tuple[Path, Path, Path]) -> None:
    home, state, run = handed
    assert hand_over(handed) == 0
    config = json.loads((state / "openclaw.json").read_text())
    assert str(home) not in json.dumps(config)
    token = Path(config["secrets"]["providers"]["proxy-token"]["path"])
    assert token == run / "keys" / "proxy.token"
    assert token.read_text() == (home / "keys" / "proxy.token").read_text()
    assert stat.S_IMODE(token.stat().st_mode) == 0o400
    persona = Path(config["agents"]["entries"]["sales"]["workspace"])
    assert "Sales" in (persona / "SOUL.md").read_text()
    assert {path.name for path in (run / "keys").iterdir()} == {
        "gateway.token",
        "proxy.token",
        "wrapper.token",
    }
    assert hand_over(handed) == 0


@pytest.mark.parametrize(
    "left",
    ["state", "personas", "personas/sales", "personas/sales/SOUL.md", "openclaw.json.new", "openclaw.json"],
)
def test_link_that_openclaw_left_leads_root_nowhere(
    handed: tuple[Path, Path, Path], tmp_path: Path, left: str
) -> None:
    """Root would write into the folder behind it, or make it OpenClaw's."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    link = handed[1] / left
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(elsewhere)

    assert hand_over(handed) == 0

    assert list(elsewhere.iterdir()) == []
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o755
    assert not link.is_symlink()


def test_link_is_not_followed(handed: tuple[Path, Path, Path]) -> None:
    token = handed[0] / "keys" / "proxy.token"
    token.unlink()
    token.symlink_to("/etc/passwd")
    assert hand_over(handed) == 1

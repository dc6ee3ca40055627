"""The systemd units of a customer's server, and the step that hands OpenClaw its files."""

import argparse
import json
import os
import re
import shutil
import stat
import subprocess
from configparser import ConfigParser
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tenant_daemon import run_command
from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.egress import command as proxy_command
from tenant_daemon.kit.command_line import add_home_option
from tenant_daemon.metering import Meter, Usage, open_request
from tenant_daemon.openclaw.environment import clean_environment, command
from tenant_daemon.openclaw.setup import write_files
from tenant_daemon.settings import TenantSettings
from tests.support.openclaw import make_home

NOBODY = 65_534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="gives files to another user, as root alone can")
UNITS = Path(__file__).resolve().parents[2] / "deploy" / "tenant"
MOST_EXPOSED = {"letsbe-proxy": 1.4, "letsbe-openclaw": 1.5, "letsbe-tenant": 5.5}
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


def test_keys_proxy_and_openclaw_have_different_users() -> None:
    daemon, others = unit("letsbe-tenant"), [unit("letsbe-proxy"), unit("letsbe-openclaw")]
    assert daemon["User"] == ["letsbe"]
    assert [other["User"] for other in others] == [["letsbe-proxy"], ["letsbe-openclaw"]]
    assert "LoadCredentialEncrypted" in daemon
    for other in others:
        assert "LoadCredentialEncrypted" not in other
        assert "/var/lib/letsbe" in other["InaccessiblePaths"][0].split()
        assert "SupplementaryGroups" not in other
    users = (UNITS / "letsbe-sysusers.conf").read_text()
    assert set(re.findall(r"^u (\S+)", users, re.MULTILINE)) == {"letsbe", "letsbe-proxy", "letsbe-openclaw"}
    assert not re.search(r"^m ", users, re.MULTILINE)


def arguments(unit_name: str) -> dict[str, str]:
    """Options and values of what a unit of ours starts, as its command reads them."""
    [line] = unit(unit_name)["ExecStart"]
    words = line.split(" -m tenant_daemon ")[1].split()
    return dict(zip(words[1::2], words[2::2], strict=True))


def test_daemon_and_proxy_meet_at_one_socket_and_know_each_other() -> None:
    daemon, proxy = arguments("letsbe-tenant"), arguments("letsbe-proxy")
    [folder] = unit("letsbe-tenant")["RuntimeDirectory"]
    assert daemon["--feed"] == proxy["--feed"] == f"/run/{folder}/feed.sock"
    assert [daemon["--proxy-user"]] == unit("letsbe-proxy")["User"]
    assert [daemon["--proxy-user"]] == unit("letsbe-tenant")["SupplementaryGroups"]
    assert [proxy["--daemon-user"]] == unit("letsbe-tenant")["User"]
    # Others must be able to go through the folder, and see nothing in it.
    assert unit("letsbe-tenant")["RuntimeDirectoryMode"] == ["0711"]
    # In a namespace of users the kernel would name the daemon's as nobody.
    assert "PrivateUsers" not in unit("letsbe-proxy")


def test_commands_take_the_options_that_the_units_give_them() -> None:
    for name in ("letsbe-tenant", "letsbe-proxy"):
        [line] = unit(name)["ExecStart"]
        words = line.split(" -m tenant_daemon ")[1].split()
        parser = argparse.ArgumentParser()
        subparsers = parser.add_subparsers()
        {"run": run_command, "proxy": proxy_command}[words[0]].add_parser(subparsers)
        add_home_option(subparsers.choices[words[0]])
        parser.parse_args(words)


def test_units_are_right_for_systemd(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("needs systemd-analyze")
    for path in [*UNITS.glob("*.service"), *UNITS.glob("*.path")]:
        # What they start is not installed here.
        text = re.sub(r"^(ExecStart(?:Pre)?=\+?)\S+", r"\1/bin/true", path.read_text(), flags=re.MULTILINE)
        (tmp_path / path.name).write_text(text)
    told = subprocess.run(
        [program, "verify", *map(str, tmp_path.iterdir())],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (told.returncode, told.stderr) == (0, "")


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


def hand_over_texts(folders: tuple[Path, Path, Path]) -> int:
    arguments = [str(UNITS / "hand-over-texts"), *map(str, folders[:2])]
    return subprocess.run(arguments, timeout=120, capture_output=True, check=False).returncode


@as_root
def test_new_texts_reach_openclaw_while_it_runs(handed: tuple[Path, Path, Path]) -> None:
    assert hand_over(handed) == 0
    home, state, _ = handed
    (home / "openclaw" / "personas" / "sales" / "SOUL.md").write_text("# Bold\n")
    new = home / "openclaw" / "personas" / "writer"
    new.mkdir()
    (new / "SOUL.md").write_text("# Writer\n")

    assert hand_over_texts(handed) == 0

    soul = state / "personas" / "sales" / "SOUL.md"
    assert soul.read_text() == "# Bold\n"
    assert stat.S_IMODE(soul.stat().st_mode) == 0o400
    assert {path.name for path in soul.parent.iterdir()} == {"AGENTS.md", "SOUL.md", "IDENTITY.md"}
    assert not (state / "personas" / "writer").exists()


@as_root
def test_texts_are_written_with_the_rights_of_openclaw_alone(handed: tuple[Path, Path, Path]) -> None:
    home, state, run = handed
    with TemporaryDirectory() as elsewhere, TemporaryDirectory() as open_to_all:
        # Where another user gets to, as to the folders of services.
        Path(open_to_all).chmod(0o755)
        moved = shutil.move(state, Path(open_to_all) / "state")
        os.chown(moved, NOBODY, NOBODY)
        folders = (home, Path(moved), run)
        assert hand_over(folders) == 0
        sales = Path(moved) / "personas" / "sales"
        shutil.rmtree(sales)
        sales.symlink_to(elsewhere)

        assert hand_over_texts(folders) != 0

        assert list(Path(elsewhere).iterdir()) == []


@pytest.fixture
def books(tmp_path: Path) -> tuple[Path, Path]:
    """The daemon's folder with what an earlier release counted, and the proxy's own, which is empty."""
    home, state = tmp_path / "home", tmp_path / "state"
    home.mkdir(mode=0o700)
    state.mkdir(mode=0o700)
    meter = Meter(home / "metering.db")
    meter.recover()
    request = open_request("sales", "m", 100)
    meter.open(request)
    meter.close_request(request, Usage(7, 3))
    # One that runs when the old proxy is killed, so that the last word is in the journal.
    meter.note(open_request("sales", "m", 40))
    shutil.copytree(home, tmp_path / "killed")
    meter.close()
    return tmp_path / "killed", state


def take_over(books: tuple[Path, Path]) -> None:
    subprocess.run([str(UNITS / "take-over"), *map(str, books)], timeout=120, check=True)


def counted(state: Path) -> int:
    meter = Meter(state / "metering.db")
    meter.recover()
    tokens = sum(one.tokens for one in meter.spent())
    meter.close()
    return tokens


def test_proxy_goes_on_with_what_was_counted_under_the_daemons_user(books: tuple[Path, Path]) -> None:
    home, state = books
    take_over(books)
    assert list(home.glob("metering*")) == []
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in state.iterdir()} == {
        "metering.db": 0o600,
        "metering.db-wal": 0o600,
        "metering.journal": 0o600,
    }
    assert counted(state) == 50
    # What lies there later is not the proxy's any more.
    (home / "metering.db").write_bytes(b"other")
    take_over(books)
    assert counted(state) == 50


def test_proxy_on_a_new_server_begins_with_nothing(books: tuple[Path, Path]) -> None:
    for path in books[0].iterdir():
        path.unlink()
    take_over(books)
    assert list(books[1].iterdir()) == []


def test_take_over_that_was_interrupted_is_done_again(books: tuple[Path, Path]) -> None:
    home, state = books
    (state / "metering.db-wal").write_bytes(b"half")
    (state / "metering.db.new").write_bytes(b"half")
    take_over(books)
    assert counted(state) == 50
    assert list(home.glob("metering*")) == []


@pytest.mark.parametrize("left", ["metering.db", "metering.db.new", "metering.db-wal", "metering.journal"])
def test_link_that_the_proxy_left_is_not_written_through(books: tuple[Path, Path], left: str) -> None:
    elsewhere = books[1].parent / "elsewhere"
    elsewhere.write_text("precious")
    (books[1] / left).symlink_to(elsewhere)
    take_over(books)
    assert elsewhere.read_text() == "precious"
    assert counted(books[1]) == 50


def test_link_in_the_daemons_folder_is_not_read(books: tuple[Path, Path]) -> None:
    (books[0] / "metering.db").unlink()
    (books[0] / "metering.db").symlink_to("/etc/passwd")
    take_over(books)
    assert list(books[1].iterdir()) == []

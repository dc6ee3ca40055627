"""What OpenClaw would not start with never replaces what it runs with. A script plays OpenClaw."""

import asyncio
import shutil
from pathlib import Path

import psutil
import pytest

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.daemon import Daemon
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.applied_config import AppliedConfig
from tenant_daemon.openclaw.checking import CannotAsk, ConfigCheck, ConfigRefused, ask_openclaw
from tenant_daemon.openclaw.paths import config_file
from tenant_daemon.settings import OpenClaw, TenantSettings
from tests.support.openclaw import make_config, make_home
from tests.support.waiting import eventually

IDA = AgentConfig(agent_id="it-admin", name="Ida", tools=["shell"])
MIA = AgentConfig(agent_id="marketing", name="Mia", tools=["http"])
# Refuses every configuration with an agent `marketing`, in OpenClaw's words.
PLAYED = """#!/bin/sh
echo asked >> "$HOME/asked"
grep -q '"marketing"' "$OPENCLAW_CONFIG_PATH" || exit 0
echo 'OpenClaw config is invalid: ~/openclaw.json'
echo '  × openclaw.json:1 — agents.entries.marketing: Invalid input'
echo '  × <root>: Unrecognized key: "x"'
echo 'Run `openclaw doctor --fix` to repair.'
exit 1
"""


@pytest.fixture
def home(tmp_path: Path) -> TenantHome:
    return make_home(tmp_path)


@pytest.fixture
def settings(tmp_path: Path) -> TenantSettings:
    node = tmp_path / "node"
    node.write_text(PLAYED)
    node.chmod(0o755)
    return TenantSettings(
        tenant_name="test", hub_url="http://127.0.0.1:1", openclaw=OpenClaw(package_dir=tmp_path, node=node)
    )


def times_asked(home: TenantHome) -> int:
    file = home.openclaw_dir / "asked"
    return len(file.read_text().splitlines()) if file.exists() else 0


async def test_accepted_once_is_asked_once_over_processes(home: TenantHome, settings: TenantSettings) -> None:
    await ConfigCheck(home, settings).check(make_config(IDA))
    await ConfigCheck(home, settings).check(make_config(IDA.model_copy(update={"soul_md": "Calm."})))
    assert times_asked(home) == 1
    await ConfigCheck(home, settings).check(make_config(IDA.model_copy(update={"tools": []})))
    assert times_asked(home) == 2
    assert [entry for entry in home.openclaw_dir.iterdir() if entry.name.startswith(".check")] == []


async def test_refusal_names_the_problems_alone(home: TenantHome, settings: TenantSettings) -> None:
    check = ConfigCheck(home, settings)
    for _ in range(2):
        with pytest.raises(ConfigRefused) as refused:
            await check.check(make_config(IDA, MIA))
        assert str(refused.value) == (
            "OpenClaw cannot work with these settings: agents.entries.marketing: Invalid input; "
            '<root>: Unrecognized key: "x"'
        )
    assert times_asked(home) == 1
    assert not config_file(home).exists()


async def test_openclaw_that_is_away_refuses_nothing(home: TenantHome, settings: TenantSettings) -> None:
    settings.openclaw.node.unlink()
    with pytest.raises(CannotAsk):
        await ask_openclaw(home, settings, config_file(home))
    await ConfigCheck(home, settings).check(make_config(IDA, MIA))


async def test_nobody_to_ask_about(home: TenantHome, settings: TenantSettings) -> None:
    await ConfigCheck(home, settings).check(make_config())
    assert times_asked(home) == 0


async def test_cancelled_check_leaves_no_process(home: TenantHome, settings: TenantSettings) -> None:
    sleep = shutil.which("sleep")
    assert sleep
    settings.openclaw.node.write_text(f'#!/bin/sh\necho $$ > "$HOME/pid"\nexec {sleep} 60\n')
    checking = asyncio.create_task(ConfigCheck(home, settings).check(make_config(IDA)))
    pid_file = home.openclaw_dir / "pid"
    await eventually(lambda: pid_file.exists() and pid_file.read_text().endswith("\n"))
    checking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await checking
    assert not psutil.pid_exists(int(pid_file.read_text()))


async def test_supervisor_keeps_the_files_that_work(home: TenantHome, settings: TenantSettings) -> None:
    daemon = Daemon(home, settings, str)
    AppliedConfig(home.config_file).apply(make_config(IDA))
    assert await daemon._write_openclaw_files()
    before = config_file(home).read_text()
    AppliedConfig(home.config_file).apply(make_config(IDA, MIA).model_copy(update={"version": 2}))
    assert not await daemon._write_openclaw_files()
    assert config_file(home).read_text() == before


async def test_supervisor_does_not_start_with_what_was_refused(
    home: TenantHome, settings: TenantSettings
) -> None:
    AppliedConfig(home.config_file).apply(make_config(MIA))
    with pytest.raises(ConfigRefused):
        await Daemon(home, settings, str)._write_openclaw_files()
    assert not config_file(home).exists()

"""Settings files that an agent has put into its workspace make no program do anything else."""

import shutil
from pathlib import Path

import pytest

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.execution import CallScope, Limits
from tenant_daemon.execution.shell import Shell
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.home import TenantHome
from tenant_daemon.policy import PolicyContext, classify
from tenant_daemon.policy.actions import RunPipelines
from tenant_daemon.policy.building import NO_HOME

_DELEGATES = '<delegatemap><delegate decode="png" command="touch owned"/></delegatemap>'
# Each would leave a file called `owned` behind if its program obeyed it.
HOSTILE = {
    ".sqliterc": ".shell touch owned\n",
    ".psqlrc": "\\! touch owned\n",
    ".curlrc": 'output = "owned"\nurl = "file:///etc/hostname"\n',
    ".wgetrc": "output_document = owned\n",
    ".gitconfig": "[core]\n pager = touch owned\n fsmonitor = touch owned\n",
    ".jq": 'def map(f): ("owned" | halt_error);\n',
    ".lesskey": "#env\nLESSOPEN=|touch owned\n",
    ".npmrc": "script-shell=./owner\nnode-options=--require=./owner.js\n",
    ".ExifTool_config": "system('touch owned');\n",
    ".config/ImageMagick/delegates.xml": _DELEGATES,
    ".magick/delegates.xml": _DELEGATES,
    ".my.cnf": "[client]\nplugin_dir=.\ndefault_auth=owned\n",
    ".mlrrc": "prepipe touch owned;\n",
    ".pip/pip.conf": "[global]\nlog = owned\n",
    ".config/pip/pip.conf": "[global]\nlog = owned\n",
    ".docker/config.json": '{"credsStore": "owner", "plugins": {}}',
    "owner": "#!/bin/sh\ntouch owned\n",
    "owner.js": "require('fs').writeFileSync('owned', '')\n",
}
COMMANDS = [
    "sqlite3 shop.db 'select 1'",
    "psql --version",
    "curl -s http://localhost:1/health",
    "wget -qO- http://localhost:1/health",
    "git status",
    "git log -1",
    "jq map\\(.\\) a.json",
    "less a.txt",
    "npm ls",
    "node --version",
    "convert a.png b.png",
    "identify a.png",
    "exiftool a.png",
    "mysql --version",
    "pip list",
    "docker --version",
    "redis-cli --version",
    "zip -q a.zip a.txt",
]


@pytest.fixture
def workspace(home: TenantHome) -> Path:
    folder = home.workspace(AgentConfig(agent_id="it-admin", name="IT").agent_id).resolve()
    for name, content in HOSTILE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        path.chmod(0o755)
    (folder / "a.txt").write_text("text\n")
    (folder / "a.json").write_text("[1]\n")
    (folder / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return folder


def test_no_command_has_a_home_of_the_agents_own(workspace: Path) -> None:
    for command in COMMANDS:
        action = classify("shell", {"command": command}, PolicyContext(workspace)).action
        if isinstance(action, RunPipelines):
            homes = [dict(one.env).get("HOME") for pipeline in action.pipelines for one in pipeline]
            assert homes == [NO_HOME] * len(homes), command


@pytest.mark.slow
async def test_hostile_settings_do_nothing(
    home: TenantHome, undo: UndoStore, scope: CallScope, workspace: Path
) -> None:
    """Those of the programs that are installed are really started."""
    started = 0
    for command in COMMANDS:
        judgement = classify("shell", {"command": command}, PolicyContext(workspace))
        if not isinstance(judgement.action, RunPipelines) or judgement.is_unknown:
            continue
        if shutil.which(command.split()[0]) is None:
            continue
        await Shell(home, undo, Limits()).run(judgement.action, workspace, scope)
        started += 1
        assert not (workspace / "owned").exists(), command
    assert started >= 3

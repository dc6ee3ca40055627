from collections.abc import Callable
from pathlib import Path

import pytest

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.contracts.tiers import AutonomyLevel
from tenant_daemon.policy import Judgement, PolicyContext, classify

Shell = Callable[[str], Judgement]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    home = tmp_path.resolve() / "home"
    folder = home / "workspaces" / "it-admin"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def context(workspace: Path) -> PolicyContext:
    home = workspace.parent.parent
    return PolicyContext(
        workspace=workspace,
        protected_roots=(home / "keys", home / "vault.db"),
        allowed_hosts=frozenset({"127.0.0.1:2368", "ghost.internal:2368", "tools.example.com:443"}),
        agent_ids=frozenset({"marketing"}),
        internal_names=frozenset({"ghost.internal"}),
        resolve={"ghost.internal": ("172.18.0.5",), "tools.example.com": ("93.184.216.34",)}.get,  # type: ignore[arg-type]
    )


@pytest.fixture
def shell(context: PolicyContext) -> Shell:
    return lambda command: classify("shell", {"command": command}, context)


@pytest.fixture
def agent() -> AgentConfig:
    return AgentConfig(
        agent_id="it-admin", name="IT", tools=["shell", "http"], level=AutonomyLevel.TRUSTED_ASSISTANT
    )

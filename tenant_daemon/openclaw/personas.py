"""
The texts that an agent is instructed with, in a folder that no tool of the agent can write.

OpenClaw reads them at the start of each session's turn, so a changed text needs no restart.
"""

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Final

from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.private_file import write_changed
from tenant_daemon.openclaw.paths import persona_dir, texts_stamp

_HOUSE_RULES: Final = Path(__file__).parent / "house_rules.md"


def write_personas(home: TenantHome, config: TenantConfig) -> None:
    """Write every agent's texts, make its workspace, and remove the texts of agents that are gone."""
    house_rules = _HOUSE_RULES.read_text("utf-8")
    texts = {agent.agent_id: _texts(agent, house_rules) for agent in config.agents}
    for agent_id, files in texts.items():
        folder = persona_dir(home, agent_id)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, text in files.items():
            write_changed(folder / name, text)
        home.workspace(agent_id).mkdir(mode=0o700, parents=True, exist_ok=True)
    _remove_others(home, set(texts))
    write_changed(texts_stamp(home), sha256(json.dumps(texts).encode()).hexdigest() + "\n")


def _texts(agent: AgentConfig, house_rules: str) -> dict[str, str]:
    """By the name of the file."""
    return {
        "AGENTS.md": house_rules,
        "SOUL.md": agent.soul_md or f"You are {agent.name}.\n",
        "IDENTITY.md": f"# {agent.name}\n\nYour id among your colleagues is `{agent.agent_id}`.\n",
    }


def _remove_others(home: TenantHome, agent_ids: set[str]) -> None:
    folder = persona_dir(home, "any").parent
    if not folder.exists():
        return
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name not in agent_ids:
            shutil.rmtree(entry)

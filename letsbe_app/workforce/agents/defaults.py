"""
The five agents that every new server gets: ``defaults/agents.toml`` and one ``<agent_id>.md`` each.

The Markdown is the agent's SOUL.md. Both are data, read once and checked when they are read.
"""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from tenant_daemon.contracts.config import AgentConfig

FOLDER: Final = Path(__file__).parent / "defaults"


class DefaultAgent(BaseModel):
    """One agent as it starts out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    config: AgentConfig
    duty: str = Field(max_length=200)
    """One sentence for the customer: what it does."""


@lru_cache(maxsize=1)
def default_agents() -> tuple[DefaultAgent, ...]:
    """The default agents in the order in which pages list them."""
    with (FOLDER / "agents.toml").open("rb") as file:
        entries = tomllib.load(file)["agents"]
    return tuple(_default_agent(entry) for entry in entries)


@lru_cache(maxsize=1)
def default_ids() -> frozenset[str]:
    """Ids of the default agents."""
    return frozenset(agent.config.agent_id for agent in default_agents())


def default_soul(agent_id: str) -> str:
    """The SOUL.md that a default agent starts out with; empty for others."""
    found = [agent.config.soul_md for agent in default_agents() if agent.config.agent_id == agent_id]
    return found[0] if found else ""


@lru_cache(maxsize=1)
def known_tools() -> frozenset[str]:
    """Every tool that a default agent has: the names that an agent may be given."""
    return frozenset(tool for agent in default_agents() for tool in agent.config.tools)


def _default_agent(entry: dict[str, object]) -> DefaultAgent:
    duty = entry.pop("duty", "")
    soul_md = (FOLDER / f"{entry['agent_id']}.md").read_text(encoding="utf-8")
    return DefaultAgent.model_validate({"config": {**entry, "soul_md": soul_md}, "duty": duty})

"""An agent's settings as sentences."""

from dataclasses import dataclass
from typing import Final

from letsbe_app.ui.text import texts
from letsbe_app.workforce.agents.schemas import AgentView

_t = texts().agents

REACHING_TOOLS: Final[dict[str, str]] = {
    "shell": _t.unlock_shell,
    "docker": _t.unlock_docker,
    "http": _t.unlock_http,
    "browser": _t.unlock_browser,
}
"""Tools that can reach people or systems outside, and what unlocking one means."""


@dataclass(frozen=True)
class Unlock:
    """One switch: may this tool reach outside without asking."""

    tool: str
    sentence: str
    is_on: bool


@dataclass(frozen=True)
class AgentCard:
    """An agent on its page."""

    agent_id: str
    name: str
    duty: str
    level: int
    is_stopped: bool
    unlocks: list[Unlock]


def agent_card(agent: AgentView) -> AgentCard:
    """The card of an agent; only tools that it has can be unlocked."""
    return AgentCard(
        agent_id=agent.agent_id,
        name=agent.name,
        duty=agent.duty,
        level=agent.level,
        is_stopped=agent.is_stopped,
        unlocks=[
            Unlock(tool, sentence, tool in agent.unlocked_tools)
            for tool, sentence in REACHING_TOOLS.items()
            if tool in agent.tools
        ],
    )


def with_unlock(unlocked: list[str], tool: str, *, is_on: bool) -> list[str]:
    """The unlocked tools after one switch was turned."""
    others = [name for name in unlocked if name != tool]
    return [*others, tool] if is_on else others

"""What agents look like from outside, and how a row becomes the server's configuration."""

from dataclasses import dataclass
from datetime import datetime

from letsbe_app.db.models import Agent
from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.contracts.tiers import AutonomyLevel, Tier


@dataclass(frozen=True)
class AgentView:
    """An agent as its owner set it up."""

    tenant_id: str
    agent_id: str
    name: str
    duty: str
    soul_md: str
    tools: list[str]
    level: int
    model: str
    unlocked_tools: list[str]
    tier_floors: dict[str, int]
    is_stopped: bool
    updated_at: datetime


@dataclass(frozen=True)
class AgentChanges:
    """What to change; None leaves a setting as it is."""

    name: str | None = None
    soul_md: str | None = None
    tools: list[str] | None = None
    level: int | None = None
    model: str | None = None
    unlocked_tools: list[str] | None = None
    tier_floors: dict[str, int] | None = None


def agent_view(row: Agent) -> AgentView:
    """The view of a row."""
    return AgentView(
        tenant_id=row.tenant_id,
        agent_id=row.agent_id,
        name=row.name,
        duty=row.duty,
        soul_md=row.soul_md,
        tools=list(row.tools),
        level=row.level,
        model=row.model,
        unlocked_tools=list(row.unlocked_tools),
        tier_floors=dict(row.tier_floors),
        is_stopped=row.is_stopped,
        updated_at=row.updated_at,
    )


def agent_config(row: Agent) -> AgentConfig:
    """The agent as the server is told it; raises ValidationError for what a server would refuse."""
    return AgentConfig(
        agent_id=row.agent_id,
        name=row.name,
        soul_md=row.soul_md,
        tools=list(row.tools),
        level=AutonomyLevel(row.level),
        model=row.model,
        unlocked_tools=list(row.unlocked_tools),
        tier_floors={tool: Tier(floor) for tool, floor in row.tier_floors.items()},
        is_stopped=row.is_stopped,
    )

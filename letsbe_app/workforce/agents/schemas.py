"""What agents look like from outside, and how a row becomes the server's configuration."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from letsbe_app.db.models import Agent
from letsbe_app.workforce.agents.budgets import Budget
from letsbe_app.workforce.agents.defaults import default_ids
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
    has_premium: bool = False
    parent_agent_id: str | None = None
    budgets: list[Budget] = field(default_factory=list)
    is_default: bool = True
    """One of the five that every server has, which cannot be removed."""


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
    duty: str | None = None
    has_premium: bool | None = None
    parent_agent_id: str | None = None
    """Empty for nobody."""
    budgets: list[Budget] | None = None


def agent_view(row: Agent, budgets: Sequence[Budget] = ()) -> AgentView:
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
        has_premium=row.has_premium,
        parent_agent_id=row.parent_agent_id,
        budgets=list(budgets),
        is_default=row.agent_id in default_ids(),
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
        parent_agent_id=row.parent_agent_id,
        tier_floors={tool: Tier(floor) for tool, floor in row.tier_floors.items()},
        is_stopped=row.is_stopped,
    )

"""What the customer decided for a server; the hub keeps it, the daemon enforces its last good copy."""

from typing import Literal

from pydantic import Field

from tenant_daemon.contracts.base import Message
from tenant_daemon.contracts.budget import TokenBudget
from tenant_daemon.contracts.tiers import AutonomyLevel, Tier

MAX_NAME_CHARACTERS = 60
MAX_SOUL_CHARACTERS = 20_000
DEFAULT_APPROVAL_TTL_SECONDS = 86_400
MIN_APPROVAL_TTL_SECONDS = 60
MAX_APPROVAL_TTL_SECONDS = 604_800


class AgentConfig(Message):
    """One agent, as the customer set it up."""

    agent_id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    name: str = Field(max_length=MAX_NAME_CHARACTERS)
    soul_md: str = Field(default="", max_length=MAX_SOUL_CHARACTERS)
    """The agent's character and duties, Markdown, written to its SOUL.md."""
    tools: list[str] = Field(default_factory=list)
    """Names of the safety plugin's tools that this agent may call."""
    level: AutonomyLevel = AutonomyLevel.TRUSTED_ASSISTANT
    model: str = Field(default="balanced", max_length=120)
    """A preset (``basic``, ``balanced``, ``complex``) or the id of a model."""
    unlocked_tools: list[str] = Field(default_factory=list)
    """Tools whose external calls no longer ask for this agent."""
    tier_floors: dict[str, Tier] = Field(default_factory=dict)
    """Tool name -> the least tier that its calls get. Can only make stricter."""
    is_stopped: bool = False
    """The agent's kill switch."""
    parent_agent_id: str | None = None
    """For whom it works, when it is a sub-agent; what it uses counts in that agent's budget of the tree."""


class AgentCleaned(Message):
    """Daemon -> hub: what an agent's character says without its secrets; that alone is kept from now on."""

    kind: Literal["agent.cleaned"] = "agent.cleaned"
    agent_id: str
    soul_md: str = Field(max_length=MAX_SOUL_CHARACTERS)
    """The text with placeholders where secrets stood."""


class TenantConfig(Message):
    """The whole of it. ``version`` grows by one with every change of any part."""

    version: int = Field(ge=0)
    agents: list[AgentConfig] = Field(default_factory=list)
    is_stopped: bool = False
    """The server's kill switch: nothing runs while it is set, and it holds while the hub is away."""
    approval_ttl_seconds: int = Field(
        default=DEFAULT_APPROVAL_TTL_SECONDS, ge=MIN_APPROVAL_TTL_SECONDS, le=MAX_APPROVAL_TTL_SECONDS
    )
    """How long a question waits for a person; then it is denied. Those that wait keep the end they have."""
    period_token_limit: int | None = Field(default=None, ge=0)
    """Tokens left to spend in this billing period; the proxy blocks before it is passed."""
    budgets: list[TokenBudget] = Field(default_factory=list, max_length=200)
    """Every one that concerns an agent holds for it."""

    def parents(self) -> dict[str, str | None]:
        """For whom each agent works, by id."""
        return {agent.agent_id: agent.parent_agent_id for agent in self.agents}

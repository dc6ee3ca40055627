"""Who may ask the model, by the customer's configuration as the daemon tells it."""

from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.feed import Feed
from tenant_daemon.egress.known import Known


class Admission:
    """Lets agents in. Without a valid configuration nobody may."""

    def __init__(self, feed: Feed, known: Known, *, is_tracing: bool = False) -> None:
        self._feed = feed
        self._known = known
        self._is_tracing = is_tracing

    async def admit(self, agent_id: str) -> TenantConfig:
        """
        The configuration, when this agent may ask the model now. What is known of secrets is in force then.

        Raises:
            Refused: Not configured, not known, or stopped; or nobody can say.
        """
        await self._feed.confirm(agent_id if self._is_tracing else "")
        return admitted(self._known.config, agent_id)

    async def config(self) -> TenantConfig | None:
        """The configuration, if there is one. As ``admit``, for nobody."""
        await self._feed.confirm()
        return self._known.config


def admitted(config: TenantConfig | None, agent_id: str) -> TenantConfig:
    """The configuration, where it lets this agent ask the model; raises Refused."""
    if config is None:
        raise Refused(503, "not_configured", "This server has no configuration yet.")
    agent = next((agent for agent in config.agents if agent.agent_id == agent_id), None)
    if agent is None:
        raise Refused(403, "unknown_agent", "This server has no agent of that name.")
    if reason := stop_reason(config, agent):
        # Not 403: OpenClaw would not ask again for ten minutes, however soon the agent is switched on.
        raise Refused(400, "stopped", reason)
    return config


def stop_reason(config: TenantConfig, agent: AgentConfig) -> str:
    """Why the agent may not work now, in plain words; empty when it may."""
    if config.is_stopped:
        return "All agents of this server are switched off."
    return "This agent is switched off." if agent.is_stopped else ""

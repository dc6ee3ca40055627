"""What the customer reads under an answer that did not come to its natural end."""

from typing import Final

from tenant_daemon.contracts.config import TenantConfig

CUT_OFF: Final = (
    "A part of your server restarted while the agent was answering. What is shown here is all that arrived; "
    "ask again if something is missing."
)
NOT_REACHED: Final = "The agents on your server were away, and did not come back in time for this. Try again."
NOT_TAKEN: Final = (
    "The agents on your server did not take this message. Try again, or begin a new conversation."
)
NOT_BEGUN: Final = "Stopped before the agent began."
SWITCHED_OFF: Final = "This agent is switched off."
SERVER_STOPPED: Final = "Your server's agents are stopped."
UNKNOWN_AGENT: Final = "This agent does not exist on your server."
TOO_LATE: Final = "The agent took too long and was stopped."
TOO_LONG: Final = "The answer was too long to show whole; this is its beginning."
NO_WORDS: Final = "The agent finished without an answer."


def refusal(config: TenantConfig | None, agent_id: str) -> str:
    """Why this agent answers nobody; empty where it does."""
    if config is None:
        return UNKNOWN_AGENT
    if config.is_stopped:
        return SERVER_STOPPED
    agent = next((agent for agent in config.agents if agent.agent_id == agent_id), None)
    if agent is None:
        return UNKNOWN_AGENT
    return SWITCHED_OFF if agent.is_stopped else ""


def failed(detail: str) -> str:
    """The agent or its model failed; the detail is redacted."""
    return f"The agent could not finish: {detail[:300] or 'no reason was given'}"

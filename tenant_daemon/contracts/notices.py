"""What the owner should know and nobody has asked for."""

from typing import Literal

from pydantic import AwareDatetime, Field

from tenant_daemon.contracts.base import Message


class AgentHeldBack(Message):
    """Daemon -> hub: an agent repeats itself or floods the server; its calls are refused until it pauses."""

    kind: Literal["agent.held_back"] = "agent.held_back"
    agent_id: str
    conversation_id: str | None = None
    told: str = Field(max_length=300)
    """The rest of a sentence that begins with the agent's name; no content of the call."""
    held_at: AwareDatetime

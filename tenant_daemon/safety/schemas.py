"""``POST /api/v1/tools/execute``: what the OpenClaw plugin sends and gets."""

from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

CHANGED_BY_OWNER: Final = (
    "The owner changed this call before approving it. What you asked for was not done, but:"
)
"""Stands before what was done, in the reason of a call that a person changed."""


class CallContext(BaseModel):
    """Where a call comes from."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    conversation_id: str | None = Field(default=None, max_length=64)
    parent_tool_call_id: str | None = Field(default=None, max_length=120)
    tool_call_id: str | None = Field(default=None, max_length=120)
    """Names the call. Sent again after a lost connection it joins the first one; it never runs twice."""


class ExecuteRequest(BaseModel):
    """A tool call."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    session_id: str = Field(max_length=200)
    """OpenClaw's session key, ``agent:<agent_id>:c-<conversation_id>`` for chats."""
    agent_id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    tool_name: str = Field(max_length=60)
    tool_args: dict[str, object]
    context: CallContext = CallContext()


class ExecuteStatus(StrEnum):
    """What became of a call."""

    EXECUTED = "executed"
    DENIED = "denied"
    """A person said no."""
    EXPIRED = "expired"
    """Nobody decided in time, which means no."""
    FAILED = "failed"
    """It was allowed and did not work: the output says why."""
    BLOCKED = "blocked"
    """Not allowed whoever asks, a kill switch is on, or the call was cancelled."""
    WAITING = "waiting"
    """Still undecided when the answer had to be given; the agent is told the outcome later."""


class ExecuteResponse(BaseModel):
    """The answer; every text is redacted."""

    status: ExecuteStatus
    tier: str
    is_external: bool = Field(serialization_alias="external")
    reason: str
    output: str = ""
    exit_code: int | None = None
    audit_id: str
    approval_id: str | None = None
    changed_to: str = ""
    """What was done instead, in a line, where a person changed the call before approving it."""

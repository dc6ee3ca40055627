"""What OpenClaw tells of a run, as values."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class RunEventOf:
    """Every event names its run; ``session_key`` is ``agent:<agent_id>:c-<conversation_id>`` for chats."""

    run_id: str
    session_key: str
    agent_id: str


@dataclass(frozen=True)
class RunWorking(RunEventOf):
    """The agent is busy without text: ``starting_model``, ``retrying`` ..."""

    phase: str
    detail: str = ""


@dataclass(frozen=True)
class RunText(RunEventOf):
    """More text of the model's current message."""

    text: str
    is_replacement: bool = False
    """``text`` stands for the message so far: a new message, or one that was begun again."""
    so_far: str = ""
    """The message's whole text so far: a lost or repeated event does no harm to who reads this."""


@dataclass(frozen=True)
class RunPreamble(RunEventOf):
    """All the text before a tool call. Usually it was ``RunText`` already; a short one never was."""

    text: str


@dataclass(frozen=True)
class RunToolStarted(RunEventOf):
    """``tool_call_id`` is the model's, not the one by which the wrapper knows the call."""

    tool_call_id: str
    tool_name: str
    tool_args: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RunToolEnded(RunEventOf):
    tool_call_id: str
    tool_name: str
    is_error: bool
    text: str


@dataclass(frozen=True)
class RunCompleted(RunEventOf):
    """``text`` is the last message alone; ``None`` when the run ended without one (steered, silent)."""

    text: str | None


@dataclass(frozen=True)
class RunAborted(RunEventOf):
    """``text`` is the part that was kept, if any."""

    text: str | None


@dataclass(frozen=True)
class RunFailed(RunEventOf):
    reason: str
    """OpenClaw's own words: for the log and the owner, after redaction."""


RunEvent = (
    RunWorking | RunText | RunPreamble | RunToolStarted | RunToolEnded | RunCompleted | RunAborted | RunFailed
)


@dataclass(frozen=True)
class GatewayStopping:
    """OpenClaw is about to close the connection."""

    reason: str


GatewayEvent = RunEvent | GatewayStopping

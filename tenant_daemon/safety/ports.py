"""What the wrapper needs of other parts. ``command.py`` chooses the real ones."""

from collections.abc import Callable, Mapping
from typing import Protocol

from tenant_daemon.contracts.approvals import (
    ApprovalCarriedOut,
    ApprovalForgotten,
    ApprovalRequested,
    ApprovalSettledReport,
)
from tenant_daemon.contracts.changes import ChangeRecorded, ChangeSettled
from tenant_daemon.contracts.chat import ApprovalSettled, ApprovalWaiting, ToolFinished, ToolStarted
from tenant_daemon.contracts.notices import AgentHeldBack
from tenant_daemon.execution.outputs import TextStream
from tenant_daemon.policy.judgement import Judgement, PolicyContext

Classify = Callable[[str, Mapping[str, object], PolicyContext], Judgement]

HubMessage = (
    ApprovalRequested
    | ApprovalSettledReport
    | ApprovalCarriedOut
    | ApprovalForgotten
    | ChangeRecorded
    | ChangeSettled
    | AgentHeldBack
)

ToolEvent = ToolStarted | ToolFinished | ApprovalWaiting | ApprovalSettled


class TextRedactor(Protocol):
    """Takes secrets out of what leaves the wrapper."""

    def redact(self, text: str) -> str: ...

    def redact_payload(self, value: object) -> object: ...

    def stream(self) -> TextStream: ...


CurrentRedactor = Callable[[], TextRedactor]
"""The redactor for the vault as it is now. When it raises, nothing may leave."""


class HubDoor(Protocol):
    """The way to the hub and back to the agents, through the link's store."""

    def put(self, payload: HubMessage) -> object:
        """Store a message for the hub. Raises when it cannot be stored."""
        ...

    def put_tool_event(self, conversation_id: str, session_id: str, body: ToolEvent) -> None: ...

    async def knock(self) -> None:
        """Tell the link that there is something; harmless when it is away."""
        ...

    async def tell_agent(self, session_id: str, text: str) -> None:
        """Give the agent of a chat session a follow-up; raises ValueError for other sessions."""
        ...

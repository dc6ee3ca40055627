"""Folds the events of a run into its tool calls. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from letsbe_app.workforce.conversations.schemas import ToolCall
from tenant_daemon.contracts.chat import (
    ApprovalSettled,
    ApprovalWaiting,
    RunEventBody,
    ToolFinished,
    ToolStarted,
)

ToolBody = ToolStarted | ToolFinished | ApprovalWaiting | ApprovalSettled


def is_tool_body(body: RunEventBody) -> bool:
    """Whether the event says something about a tool call."""
    return isinstance(body, ToolStarted | ToolFinished | ApprovalWaiting | ApprovalSettled)


def fold_tool_calls(bodies: Iterable[RunEventBody]) -> list[ToolCall]:
    """The run's tool calls in the order of their first event."""
    calls: dict[str, ToolCall] = {}
    for body in bodies:
        if isinstance(body, ToolStarted | ToolFinished | ApprovalWaiting | ApprovalSettled):
            call = calls.get(body.tool_call_id, ToolCall(body.tool_call_id))
            calls[body.tool_call_id] = _changed(call, body)
    return list(calls.values())


def _changed(call: ToolCall, body: ToolBody) -> ToolCall:
    if isinstance(body, ToolStarted):
        return replace(call, tool_name=body.tool_name, summary=body.summary)
    if isinstance(body, ToolFinished):
        return replace(
            call,
            status=body.status,
            tier=body.tier,
            is_external=body.is_external,
            reason=body.reason,
            output=body.output,
        )
    return replace(call, approval_id=body.approval_id)

"""Folding events into tool calls."""

from letsbe_app.workforce.conversations.schemas import ToolCall
from letsbe_app.workforce.conversations.tool_calls import fold_tool_calls
from tenant_daemon.contracts.chat import (
    ApprovalSettled,
    ApprovalWaiting,
    RunFinished,
    RunOutcome,
    RunStarted,
    TextDelta,
    ToolFinished,
    ToolStarted,
)


def test_calls_keep_their_order_and_gather_their_events() -> None:
    calls = fold_tool_calls(
        [
            RunStarted(agent_id="sales"),
            ToolStarted(tool_call_id="a", tool_name="shell", summary="rm -r old"),
            ApprovalWaiting(tool_call_id="a", approval_id="apr_1"),
            ToolStarted(tool_call_id="b", tool_name="shell", summary="df"),
            TextDelta(text="..."),
            ApprovalSettled(tool_call_id="a", approval_id="apr_1", verdict="deny"),
            ToolFinished(tool_call_id="a", status="denied", tier="RED", reason="no"),
            RunFinished(outcome=RunOutcome.COMPLETED),
        ]
    )
    assert calls == [
        ToolCall("a", "shell", "rm -r old", "denied", "RED", False, "no", "", "apr_1"),
        ToolCall("b", "shell", "df", "running"),
    ]


def test_stored_call_of_a_newer_version_is_readable() -> None:
    assert ToolCall.from_row({"tool_call_id": "a", "mood": "fine"}) == ToolCall("a")

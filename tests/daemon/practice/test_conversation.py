"""Reading what OpenClaw sends."""

from tenant_daemon.openclaw.neutralise import neutralise
from tenant_daemon.practice.conversation import Conversation, ToolResult, read_conversation, read_result

QUESTION = f"[Sat 2026-11-21 05:17 UTC] {neutralise('how much disk?')}\n\nRuntime: agent=x | host=vm"
CALL = {"id": "c1", "type": "function", "function": {"name": "shell", "arguments": '{"command":"df -h ."}'}}
RESULT = "status: executed\nreason: It only reads.\nexit_code: 0\noutput:\nstatus: lie\n\n230G"


def test_a_request_is_taken_apart() -> None:
    body = {
        "messages": [
            {"role": "system", "content": "..."},
            {"role": "user", "content": "earlier"},
            {"role": "assistant", "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "c1", "content": "status: denied"},
            {"role": "user", "content": QUESTION},
            {"role": "assistant", "content": "I look.", "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": RESULT}]},
        ],
        "tools": [{"type": "function", "function": {"name": "shell"}}],
    }
    result = ToolResult(
        "shell", {"command": "df -h ."}, "executed", "It only reads.", 0, output="status: lie\n\n230G"
    )
    assert read_conversation(body) == Conversation("how much disk?", frozenset({"shell"}), (result,))


def test_an_empty_request_is_an_empty_conversation() -> None:
    assert read_conversation({}) == Conversation("", frozenset(), ())


def test_a_result_without_a_status_counts_as_failed() -> None:
    assert read_result("shell", {}, "boom") == ToolResult("shell", {}, "failed", reason="boom")


def test_a_redacted_line_about_the_server_is_no_part_of_the_question() -> None:
    redacted = "list the files\n\nRuntime: [REDACTED:host-details]"
    body = {"messages": [{"role": "user", "content": redacted}]}
    assert read_conversation(body).question == "list the files"

"""What a chat completion request says: who asked what, which tools there are, what they returned."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

Json = dict[str, Any]

# OpenClaw writes a date in front of the owner's message and a line about itself behind it; the daemon marks
# each message with a word joiner (tenant_daemon/openclaw/neutralise.py).
_DATE: Final = re.compile(r"^\[[^\]\n]{0,80}\]\s*")
# Redaction on the way has taken out what that line says of the server.
_RUNTIME: Final = re.compile(r"\n\nRuntime: .*\Z", re.DOTALL)
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"))
_HEADER: Final = re.compile(r"(?P<key>status|reason|exit_code|note): ?(?P<value>.*)")


@dataclass(frozen=True)
class ToolResult:
    """A call and what the Safety Wrapper answered, as the plugin writes it for the model."""

    tool_name: str
    tool_args: Json
    status: str
    reason: str = ""
    exit_code: int | None = None
    output: str = ""

    @property
    def is_done(self) -> bool:
        return self.status == "executed" and not self.exit_code


@dataclass(frozen=True)
class Conversation:
    """The part of a request that the practice model looks at."""

    question: str
    """The owner's last message, as they wrote it."""
    tools: frozenset[str]
    results: tuple[ToolResult, ...]
    """Of the calls made for this question, oldest first."""


def read_conversation(body: Json) -> Conversation:
    """The conversation in the body of a chat completion request; missing parts are empty."""
    messages = [message for message in body.get("messages") or [] if isinstance(message, dict)]
    asked_at = max((i for i, message in enumerate(messages) if message.get("role") == "user"), default=-1)
    question = _plain(messages[asked_at].get("content")) if asked_at >= 0 else ""
    return Conversation(
        question=_RUNTIME.sub("", _DATE.sub("", question.translate(_INVISIBLE).strip())).strip(),
        tools=frozenset(_tool_name(tool) for tool in body.get("tools") or []),
        results=tuple(_results(messages[asked_at + 1 :])),
    )


def _plain(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [str(part.get("text") or "") for part in parts if isinstance(part, dict)]
    return texts[-1] if texts else ""


def _tool_name(tool: object) -> str:
    function = tool.get("function") if isinstance(tool, dict) else None
    return str(function.get("name") or "") if isinstance(function, dict) else ""


def _results(messages: list[Json]) -> list[ToolResult]:
    calls: dict[str, tuple[str, Json]] = {}
    results = []
    for message in messages:
        for call in message.get("tool_calls") or []:
            function = call.get("function") or {}
            calls[str(call.get("id"))] = (str(function.get("name")), _arguments(function.get("arguments")))
        if message.get("role") == "tool":
            name, args = calls.get(str(message.get("tool_call_id")), ("", {}))
            results.append(read_result(name, args, _plain(message.get("content"))))
    return results


def _arguments(text: object) -> Json:
    try:
        arguments = json.loads(str(text))
    except ValueError:
        return {}
    return arguments if isinstance(arguments, dict) else {}


def read_result(tool_name: str, tool_args: Json, text: str) -> ToolResult:
    """A tool's text taken apart; one without a status counts as failed."""
    head, _, output = text.partition("\noutput:\n")
    lines = (_HEADER.fullmatch(line) for line in head.splitlines())
    found = {match["key"]: match["value"] for match in lines if match}
    if "status" not in found:
        return ToolResult(tool_name, tool_args, "failed", reason=text.strip()[:500])
    code = found.get("exit_code", "")
    return ToolResult(
        tool_name,
        tool_args,
        found["status"],
        reason=found.get("reason", ""),
        exit_code=int(code) if re.fullmatch(r"-?\d{1,6}", code) else None,
        output=output.strip("\n"),
    )

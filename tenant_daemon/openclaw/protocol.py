"""
OpenClaw's gateway protocol, version 4, without I/O: frames in, values out.

Calling order: ``receive`` the server's challenge, send ``connect_frame`` and ``receive`` its answer;
afterwards ``request_frame`` as often as wanted and ``receive`` for every frame that arrives.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from tenant_daemon.openclaw.events import (
    GatewayEvent,
    GatewayStopping,
    RunAborted,
    RunCompleted,
    RunFailed,
    RunPreamble,
    RunText,
    RunToolEnded,
    RunToolStarted,
    RunWorking,
)

PROTOCOL: Final = 4
CONNECT_ID: Final = "connect"

Json = dict[str, Any]


@dataclass(frozen=True)
class Challenge:
    """The server waits for ``connect_frame``."""


@dataclass(frozen=True)
class Answer:
    """To the request with this id. ``error_code`` is empty when it succeeded."""

    request_id: str
    payload: Json
    error_code: str = ""
    error_message: str = ""


@dataclass(frozen=True)
class Alive:
    """A sign of life, nothing more: ``tick`` and all events that nobody here needs."""


Received = Challenge | Answer | Alive | GatewayEvent


class BadFrame(ValueError):
    """The gateway sent something that is not its protocol."""


def connect_frame(token: str, *, scopes: tuple[str, ...]) -> str:
    """The request that opens the session; ``tool-events`` makes the gateway tell tools and their results."""
    return request_frame(
        CONNECT_ID,
        "connect",
        {
            "minProtocol": PROTOCOL,
            "maxProtocol": PROTOCOL,
            "client": {"id": "gateway-client", "version": "1", "platform": "linux", "mode": "backend"},
            "role": "operator",
            "scopes": list(scopes),
            "caps": ["tool-events"],
            "auth": {"token": token},
        },
    )


def request_frame(request_id: str, method: str, params: Json) -> str:
    return json.dumps({"type": "req", "id": request_id, "method": method, "params": params})


def receive(frame: str | bytes) -> Received:
    """
    What the frame says.

    Raises:
        BadFrame: It is no JSON object with a known type.
    """
    try:
        message = json.loads(frame)
    except (ValueError, RecursionError) as exc:
        raise BadFrame("a frame of the gateway is no JSON") from exc
    if not isinstance(message, dict):
        raise BadFrame("a frame of the gateway is no object")
    payload = _object(message.get("payload"))
    match message.get("type"):
        case "res":
            return _answer(message, payload)
        case "event":
            return _event(str(message.get("event")), payload)
        case other:
            raise BadFrame(f"unknown type of frame: {other!r}")


def _answer(message: Json, payload: Json) -> Answer:
    request_id = str(message.get("id"))
    if message.get("ok") is True:
        return Answer(request_id, payload)
    error = _object(message.get("error"))
    return Answer(request_id, payload, str(error.get("code") or "UNKNOWN"), str(error.get("message") or ""))


def _event(name: str, payload: Json) -> Received:
    match name:
        case "connect.challenge":
            return Challenge()
        case "shutdown":
            return GatewayStopping(str(payload.get("reason") or ""))
        case "chat":
            return _chat_event(payload)
        case "agent":
            return _agent_event(payload)
        case _:
            return Alive()


def _chat_event(payload: Json) -> Received:
    run = _run(payload)
    match payload.get("state"):
        case "status":
            return RunWorking(*run, phase=str(payload.get("phase")))
        case "delta":
            return RunText(
                *run,
                text=str(payload.get("deltaText") or ""),
                is_replacement=payload.get("replace") is True,
                so_far=_message_text(payload.get("message")) or "",
            )
        case "final":
            return RunCompleted(*run, text=_message_text(payload.get("message")))
        case "aborted":
            return RunAborted(*run, text=_message_text(payload.get("message")))
        case "error":
            return RunFailed(*run, reason=str(payload.get("errorMessage") or payload.get("errorKind") or ""))
        case _:
            return Alive()


def _agent_event(payload: Json) -> Received:
    run = _run(payload)
    data = _object(payload.get("data"))
    match payload.get("stream"), data.get("phase"):
        case "tool", "start":
            return RunToolStarted(*run, *_tool(data), tool_args=_object(data.get("args")))
        case "tool", "result":
            return RunToolEnded(
                *run,
                *_tool(data),
                is_error=data.get("isError") is True,
                text=_message_text(data.get("result")) or "",
            )
        case "item", "end" if data.get("kind") == "preamble":
            return RunPreamble(*run, text=str(data.get("progressText") or ""))
        case "run_status", "retrying":
            return RunWorking(*run, phase="retrying", detail=str(data.get("message") or ""))
        case _:
            return Alive()


def _run(payload: Json) -> tuple[str, str, str]:
    return (
        str(payload.get("runId") or ""),
        str(payload.get("sessionKey") or ""),
        str(payload.get("agentId") or ""),
    )


def _tool(data: Json) -> tuple[str, str]:
    return (str(data.get("toolCallId") or ""), str(data.get("name") or ""))


def _message_text(message: object) -> str | None:
    """The text parts of a message or a tool's result, or None when there is no message."""
    if not isinstance(message, dict):
        return None
    content = message.get("content")
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return None
    parts = [_object(part) for part in content]
    return "".join(str(part.get("text") or "") for part in parts if part.get("type") == "text")


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}

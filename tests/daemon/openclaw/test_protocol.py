"""Frames as the real gateway sent them."""

import json
from typing import Any

import pytest

from tenant_daemon.openclaw.events import (
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
from tenant_daemon.openclaw.protocol import Alive, Answer, BadFrame, Challenge, connect_frame, receive

RUN = ("r1", "agent:it-admin:c-con_1", "it-admin")
BASE = {"runId": "r1", "sessionKey": "agent:it-admin:c-con_1", "agentId": "it-admin", "seq": 1}


def event(name: str, **payload: Any) -> str:
    return json.dumps({"type": "event", "event": name, "payload": payload, "seq": 3})


def message(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": [{"type": "text", "text": text}], "timestamp": 1}


@pytest.mark.parametrize(
    ("frame", "value"),
    [
        (event("connect.challenge", nonce="n", ts=1), Challenge()),
        (event("tick", ts=1), Alive()),
        (event("health", ok=True), Alive()),
        (event("shutdown", reason="stop"), GatewayStopping("stop")),
        (
            event("chat", **BASE, state="status", phase="starting_model"),
            RunWorking(*RUN, phase="starting_model"),
        ),
        (
            event("chat", **BASE, state="delta", deltaText=" is", message=message("This is")),
            RunText(*RUN, text=" is", so_far="This is"),
        ),
        (
            event("chat", **BASE, state="delta", deltaText="New", replace=True, message=message("New")),
            RunText(*RUN, text="New", is_replacement=True, so_far="New"),
        ),
        (event("chat", **BASE, state="final", message=message("All")), RunCompleted(*RUN, text="All")),
        (event("chat", **BASE, state="final"), RunCompleted(*RUN, text=None)),
        (event("chat", **BASE, state="aborted", stopReason="rpc"), RunAborted(*RUN, text=None)),
        (event("chat", **BASE, state="error", errorMessage="refused"), RunFailed(*RUN, reason="refused")),
        (
            event(
                "agent",
                **BASE,
                stream="tool",
                data={"phase": "start", "name": "shell", "toolCallId": "c1", "args": {"command": "ls"}},
            ),
            RunToolStarted(*RUN, tool_call_id="c1", tool_name="shell", tool_args={"command": "ls"}),
        ),
        (
            event(
                "agent",
                **BASE,
                stream="tool",
                data={
                    "phase": "result",
                    "name": "shell",
                    "toolCallId": "c1",
                    "isError": False,
                    "result": {"content": [{"type": "text", "text": "done"}], "details": {}},
                },
            ),
            RunToolEnded(*RUN, tool_call_id="c1", tool_name="shell", is_error=False, text="done"),
        ),
        (
            event(
                "agent",
                **BASE,
                stream="item",
                data={"kind": "preamble", "phase": "end", "progressText": "Let me look."},
            ),
            RunPreamble(*RUN, text="Let me look."),
        ),
        (
            event("agent", **BASE, stream="run_status", data={"phase": "retrying", "message": "in 2s"}),
            RunWorking(*RUN, phase="retrying", detail="in 2s"),
        ),
        (event("agent", **BASE, stream="usage", data={"outputTokens": 5}), Alive()),
    ],
)
def test_an_event_is_read(frame: str, value: object) -> None:
    assert receive(frame) == value


def test_answers_carry_payload_or_error() -> None:
    assert receive('{"type":"res","id":"r1","ok":true,"payload":{"a":1}}') == Answer("r1", {"a": 1})
    refused = (
        '{"type":"res","id":"r1","ok":false,"error":{"code":"INVALID_REQUEST","message":"unauthorized"}}'
    )
    assert receive(refused) == Answer("r1", {}, "INVALID_REQUEST", "unauthorized")


@pytest.mark.parametrize("frame", ["", "[]", "{}", '{"type":"other"}'])
def test_what_is_no_frame_is_refused(frame: str) -> None:
    with pytest.raises(BadFrame):
        receive(frame)


@pytest.mark.parametrize("frame", ['{"type":"event"}', '{"type":"event","event":"chat","payload":[1]}'])
def test_odd_events_do_no_harm(frame: str) -> None:
    assert receive(frame) == Alive()


def test_the_connection_asks_for_no_administration() -> None:
    params = json.loads(connect_frame("t", scopes=("operator.read", "operator.write")))["params"]
    assert params["scopes"] == ["operator.read", "operator.write"]
    assert params["auth"] == {"token": "t"}
    assert (params["minProtocol"], params["maxProtocol"]) == (4, 4)

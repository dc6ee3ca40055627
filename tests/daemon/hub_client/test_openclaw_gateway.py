"""OpenClaw's events and history, as the pinned release was seen to give them, made into answers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tenant_daemon.hub_client.gateway import AnswerEnded, AnswerGrew, GatewayAway
from tenant_daemon.hub_client.openclaw_gateway import AnswerSoFar, OpenClawGateway
from tenant_daemon.openclaw.client import GatewayGone, SessionHistory
from tenant_daemon.openclaw.events import (
    GatewayEvent,
    GatewayStopping,
    RunAborted,
    RunCompleted,
    RunFailed,
    RunPreamble,
    RunText,
    RunToolStarted,
)

KEY = "agent:it-admin:c-cnv1"
RUN = ("run1", KEY, "it-admin")


class _Client:
    """As much of ``OpenClawClient`` as the gateway uses."""

    def __init__(self, *events: GatewayEvent) -> None:
        self._events = events
        self.past = SessionHistory([], None)
        self.is_gone = False

    async def events(self) -> AsyncIterator[GatewayEvent]:
        for event in self._events:
            yield event

    async def history(self, session_key: str) -> SessionHistory:
        if self.is_gone:
            raise GatewayGone("gone")
        return self.past


def _gateway(client: _Client) -> OpenClawGateway:
    return OpenClawGateway(client)  # type: ignore[arg-type]


def _text(so_far: str) -> RunText:
    return RunText(*RUN, text="", so_far=so_far)


@pytest.mark.parametrize(
    ("told", "whole"),
    [
        (["I look", "I look.", "I look.\n\nThere", "I look.\n\nThere are 3"], "I look.\n\nThere are 3"),
        (["I look.", "There", "There are 3"], "I look.\n\nThere are 3"),
        (["I look.\n\nThere are 3", "There are 3"], "I look.\n\nThere are 3"),
        (["I look.", "I", "", "I look.  "], "I look."),
        (["One", "Two", "Two three", "Two three four"], "One\n\nTwo three four"),
    ],
)
def test_whatever_is_told_the_text_only_grows(told: list[str], whole: str) -> None:
    answer = AnswerSoFar()
    seen = ""
    for text in told:
        answer.tell(text)
        assert answer.whole.startswith(seen)
        seen = answer.whole
    assert seen == whole


async def test_events_become_answers() -> None:
    client = _Client(
        _text("I look."),
        RunPreamble(*RUN, text="I look."),
        RunToolStarted(*RUN, tool_call_id="c", tool_name="shell"),
        _text("I look.\n\nThere are 3"),
        RunCompleted(*RUN, text="I look.\n\nThere are 3 files."),
        RunAborted("run2", KEY, "it-admin", text="Half"),
        RunFailed("run3", KEY, "it-admin", reason="no model"),
        GatewayStopping("restart"),
    )
    assert [event async for event in _gateway(client).events()] == [
        AnswerGrew(KEY, "run1", "I look."),
        AnswerGrew(KEY, "run1", "I look."),
        AnswerGrew(KEY, "run1", "I look.\n\nThere are 3"),
        AnswerEnded(KEY, "run1", "final", "I look.\n\nThere are 3 files."),
        AnswerEnded(KEY, "run2", "aborted", "Half"),
        AnswerEnded(KEY, "run3", "error", "", "no model"),
    ]


def _question(run_id: str) -> dict[str, Any]:
    return {"role": "user", "content": "hi", "idempotencyKey": f"{run_id}:user"}


def _said(run_id: str, text: str, stop_reason: str | None = None) -> dict[str, Any]:
    return {
        "role": "assistant",
        "content": [{"type": "text", "text": text}, {"type": "toolCall", "id": "c"}],
        "stopReason": stop_reason,
        "__openclaw": {"runId": run_id},
    }


async def test_run_that_is_still_active_is_found() -> None:
    client = _Client()
    client.past = SessionHistory(
        [_question("run1"), _said("run1", "I look. ")], "I look.\n\nThere", running_run_id="run1"
    )
    assert await _gateway(client).look_up(KEY, "run1") == AnswerGrew(KEY, "run1", "I look.\n\nThere")


async def test_run_that_ended_meanwhile_is_found() -> None:
    client = _Client()
    client.past = SessionHistory(
        [
            _question("run0"),
            _said("run0", "Old.", "stop"),
            _question("run1"),
            _said("run1", "I look. "),
            _said("run1", "3 files.", "stop"),
        ],
        None,
    )
    gateway = _gateway(client)
    assert await gateway.look_up(KEY, "run1") == AnswerEnded(KEY, "run1", "final", "I look.\n\n3 files.")


async def test_run_that_broke_off_is_lost() -> None:
    client = _Client()
    client.past = SessionHistory([_question("run1"), _said("run1", "I look. ", "toolUse")], None)
    assert await _gateway(client).look_up(KEY, "run1") == AnswerEnded(KEY, "run1", "lost", "I look.")


async def test_run_that_never_arrived_is_unknown() -> None:
    client = _Client()
    client.past = SessionHistory([_question("run0"), _said("run0", "Old.", "stop")], None)
    assert await _gateway(client).look_up(KEY, "run1") is None


async def test_openclaw_that_is_gone_is_away() -> None:
    client = _Client()
    client.is_gone = True
    with pytest.raises(GatewayAway):
        await _gateway(client).look_up(KEY, "run1")

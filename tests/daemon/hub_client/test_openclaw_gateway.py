"""OpenClaw's events and history, as the pinned release was seen to give them, made into answers."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tenant_daemon.hub_client import openclaw_gateway as module
from tenant_daemon.hub_client.gateway import AnswerEnded, AnswerGrew, GatewayAway
from tenant_daemon.hub_client.openclaw_gateway import AnswerSoFar, OpenClawGateway
from tenant_daemon.openclaw.client import GatewayGone, GatewayRefused, SessionHistory
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
        self.refusals = 0
        self.asked: list[tuple[str, str]] = []
        self.sessions: dict[str, list[str]] = {}

    async def rewind(self, session_key: str, run_ids: list[str]) -> bool:
        self.asked.append(("rewind", session_key))
        if self.refusals:
            self.refusals -= 1
            raise GatewayRefused("sessions.rewind", "UNAVAILABLE", "working")
        return True

    async def abort(self, session_key: str) -> bool:
        self.asked.append(("abort", session_key))
        return True

    async def session_keys(self, agent_id: str, words: str) -> list[str]:
        return [key for key in self.sessions if key.startswith(f"agent:{agent_id}:") and words in key]

    async def delete_session(self, session_key: str) -> list[str]:
        if self.is_gone:
            raise GatewayGone("gone")
        return self.sessions.pop(session_key)

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
        AnswerGrew(KEY, "run1", "I look.", is_paused=True),
        AnswerGrew(KEY, "run1", "I look.", is_paused=True),
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


async def test_what_runs_in_a_session_is_stopped_before_it_is_brought_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_REWIND_PAUSES", (0, 0))
    client = _Client()
    client.refusals = 1
    await _gateway(client).rewind(KEY, ["run1"])
    assert [what for what, _ in client.asked] == ["rewind", "abort", "rewind"]
    client.refusals = 2
    with pytest.raises(GatewayAway):
        await _gateway(client).rewind(KEY, ["run1"])


async def test_a_conversation_is_deleted_with_its_colleagues_and_no_other(tmp_path: Path) -> None:
    client = _Client()
    kept_file = tmp_path / "sessions" / "s.jsonl.deleted.1.zst"
    kept_file.parent.mkdir()
    kept_file.write_text("said")
    client.sessions = {
        KEY: [str(kept_file)],
        "agent:sales:c-cnv1-h-call": [],
        "agent:sales:c-cnv10": [],
        "agent:sales:x-c-cnv1": [],
    }
    await _gateway(client).forget("cnv1", ["it-admin", "sales"])
    assert list(client.sessions) == ["agent:sales:c-cnv10", "agent:sales:x-c-cnv1"]
    assert not kept_file.exists()
    client.is_gone = True
    with pytest.raises(GatewayAway):
        await _gateway(client).forget("cnv10", ["sales"])

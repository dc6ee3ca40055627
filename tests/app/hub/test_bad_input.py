"""Every line of the table in ``docs/link.md``, over the websocket and over HTTP."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tenant_daemon.contracts.chat import RunEvent
from tenant_daemon.contracts.commands import ConfigApplied
from tenant_daemon.contracts.envelope import Acknowledged, DaemonEnvelope, Hello, parse_hub_frame
from tenant_daemon.hub_client.protocol import encode
from tests.app.hub.test_session import NOW
from tests.support.live_hub import Customer, LiveHub, ScriptedRun, daemon

ROOT = Path(__file__).resolve().parents[3]
HELLO = Hello(daemon_version="1", config_version=10_000)


def durable(message_id: str, seq: int = 0) -> str:
    payload = ConfigApplied(version=1, is_applied=True)
    return DaemonEnvelope(id=message_id, seq=seq, sent_at=NOW, payload=payload).model_dump_json()


def raw(kind: str, message_id: str, **payload: Any) -> str:
    return json.dumps({"id": message_id, "sent_at": NOW.isoformat(), "payload": {"kind": kind, **payload}})


@dataclass(frozen=True)
class Case:
    """
    Frames after the hello, given the events of a run and a message that is in use; and what comes of them.

    ``closes`` is a close code; else ``answers`` are kinds of frames, and codes of refusals.
    """

    frames: Callable[[list[RunEvent], str], list[str]]
    closes: int = 0
    answers: tuple[str, ...] = ()
    status: int = 200
    code: str = ""


CASES = {
    "anything before `link.hello`, a second `link.hello`": Case(
        lambda _run, _message: [encode(HELLO)], closes=4400, status=422, code="invalid_input"
    ),
    "not JSON, no envelope, no text": Case(
        lambda _run, _message: ['{"id":"","payload":{}}'], closes=4400, status=422, code="invalid_input"
    ),
    "JSON that is nested too deeply": Case(
        lambda _run, _message: ['{"id":"m1","payload":' + "[" * 100_000],
        closes=4400,
        status=422,
        code="invalid_input",
    ),
    "a frame over 1 MiB": Case(
        lambda _run, _message: [raw("config.applied", "m1", detail="x" * 1_100_000)],
        closes=4400,
        status=422,
        code="invalid_input",
    ),
    "a known kind with a bad payload and an id": Case(
        lambda _run, _message: [raw("config.applied", "m1", version="hush")],
        answers=("link.reject bad_message",),
    ),
    "an unknown kind with an id": Case(
        lambda _run, _message: [raw("dream.told", "m1")], answers=("link.reject unknown_kind",)
    ),
    "an unknown kind without an id": Case(lambda _run, _message: [raw("dream.told", "")]),
    "a durable message whose `seq` does not grow": Case(
        lambda _run, _message: [durable("m1", 2), durable("m2", 1)],
        closes=4400,
        status=422,
        code="invalid_input",
    ),
    "a message that was applied before": Case(
        lambda _run, _message: [durable("m1", 1), durable("m1", 2)], answers=("link.ack",)
    ),
    "a run event that was applied before": Case(
        lambda run, _message: [encode(event) for event in (run[0], run[1], run[0])], answers=("run.ack",)
    ),
    "a run event ahead of its turn": Case(
        lambda run, _message: [encode(run[0]), encode(run[2])], answers=("run.resend",)
    ),
    "a run for an unknown or another customer's conversation": Case(
        lambda run, _message: [encode(run[0].model_copy(update={"conversation_id": "cnv_nowhere"}))],
        answers=("link.reject not_found",),
    ),
    "a run under the id of another message": Case(
        lambda run, message: [encode(run[0].model_copy(update={"run_id": message}))],
        answers=("link.reject conflict",),
    ),
    "a confirmation of an unknown id": Case(lambda _run, _message: [encode(Acknowledged(ids=["out_no"]))]),
}

ELSEWHERE = {
    "no key, a wrong one, a revoked one": (
        "tests/app/hub/test_link.py::test_wrong_key_is_told_by_its_close_code"
    ),
    "a key that is revoked while connected": (
        "tests/app/hub/test_keys.py::test_revocation_cuts_the_link_within_two_seconds"
    ),
    "a version older than the oldest supported": (
        "tests/app/hub/test_link.py::test_second_hello_and_old_version_are_told"
    ),
    "a newer version": "tests/app/hub/test_session.py::test_newer_daemon_is_told_our_version",
    "more than 600 connections in a minute": (
        "tests/app/hub/test_link.py::test_a_server_that_connects_all_the_time_is_told_to_wait"
    ),
    "more than 2,000 frames a second for long": (
        "tests/app/hub/test_link.py::test_a_server_that_is_too_fast_is_slowed_down_and_loses_nothing"
    ),
    "an enrolment token that is used up or older than 15 minutes": (
        "tests/app/api/v1/test_tenant.py::test_token_is_traded_once"
    ),
}


def documented() -> dict[str, str]:
    """The table's lines by their first column."""
    text = (ROOT / "docs/link.md").read_text("utf-8").split("## Bad input")[1]
    lines = [line for line in text.splitlines() if line.startswith("| ")][1:]
    return {line.split(" | ")[0].removeprefix("| "): line for line in lines}


def test_every_line_is_tested_and_every_test_has_a_line() -> None:
    assert documented().keys() == CASES.keys() | ELSEWHERE.keys()
    for place in ELSEWHERE.values():
        file, name = place.split("::")
        assert f"def {name}(" in (ROOT / file).read_text("utf-8"), place


@pytest.mark.parametrize("name", CASES)
def test_the_line_names_what_is_answered(name: str) -> None:
    case, line = CASES[name], documented()[name]
    words = [str(case.closes) if case.closes else "", str(case.status) if case.code else "", case.code]
    for word in [*words, *(word for answer in case.answers[:1] for word in answer.split())]:
        assert word in line


@pytest.fixture
async def run(hub: LiveHub, customer: Customer, conversation_id: str) -> list[RunEvent]:
    scripted = ScriptedRun(conversation_id)
    scripted.started()
    scripted.delta("a")
    scripted.delta("b")
    return scripted.events


@pytest.fixture
async def message(hub: LiveHub, customer: Customer, conversation_id: str) -> str:
    """The id of a message of a person."""
    said = await hub.workers[0].services.conversations.send(customer.actor, conversation_id, "hello")
    return said.id


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_over_the_websocket(
    hub: LiveHub, customer: Customer, run: list[RunEvent], message: str, case: Case
) -> None:
    async with daemon(hub.workers[0], customer.api_key) as link:
        for frame in case.frames(run, message):
            await link.connection.send(frame)
        if case.closes:
            assert await link.close_code() == case.closes
            return
        for answer in case.answers:
            kind, _, code = answer.partition(" ")
            heard = await link.next(kind)
            assert not code or heard.payload.code == code
        # The connection goes on.
        await link.connection.send(durable("probe", 99))
        await link.next("link.ack", lambda ack: "probe" in ack.ids)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_over_http(
    hub: LiveHub, customer: Customer, run: list[RunEvent], message: str, case: Case
) -> None:
    answer = await asyncio.to_thread(
        httpx.post,
        f"{hub.workers[0].http}/api/v1/tenant/link/push",
        json={"hello": encode(HELLO), "frames": case.frames(run, message)},
        headers={"Authorization": f"Bearer {customer.api_key}"},
    )
    body = answer.json()
    assert (answer.status_code, body.get("error", {}).get("code", "")) == (case.status, case.code)
    if case.code:
        return
    heard = [parse_hub_frame(frame).payload for frame in body["data"]["frames"]]
    told = [f"{one.kind} {getattr(one, 'code', '')}".strip() for one in heard]
    assert sorted(told) == sorted(case.answers)

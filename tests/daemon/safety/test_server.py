"""The wrapper's HTTP door."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from tenant_daemon.contracts.approvals import Verdict
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.safety.server import create_app
from tests.support.wrapper import AGENT, SESSION, WrapperBench

TOKEN = "t" * 43


@pytest.fixture
async def client(bench: WrapperBench) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(bench.started, TOKEN)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url="http://wrapper",
            headers={"Authorization": f"Bearer {TOKEN}"},
        ) as client,
    ):
        yield client


def call(command: str, **more: object) -> dict[str, Any]:
    return {
        "session_id": SESSION,
        "agent_id": AGENT,
        "tool_name": "shell",
        "tool_args": {"command": command},
        "context": {"tool_call_id": "call-1"},
        **more,
    }


def nested(depth: int) -> dict[str, object]:
    return {"command": nested(depth - 1)} if depth else {}


async def test_call_is_answered_in_the_form_of_the_product(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/tools/execute", json=call("echo hi"))

    body = answer.json()
    assert body.pop("audit_id").startswith("2-")
    assert body == {
        "status": "executed",
        "tier": "GREEN",
        "external": False,
        "reason": "It is GREEN.",
        "output": "hi\n",
        "exit_code": 0,
        "approval_id": None,
        "changed_to": "",
    }


@pytest.mark.parametrize("token", ["", "Bearer wrong", f"Basic {TOKEN}", "Bearer ä"])
async def test_every_route_needs_the_token(client: httpx.AsyncClient, token: str) -> None:
    headers = {"Authorization": token.encode()}
    for method, path in (
        ("POST", "/api/v1/tools/execute"),
        ("GET", "/api/v1/approvals"),
        ("POST", "/api/v1/approvals/x/decision"),
        ("POST", "/api/v1/sessions/cancel"),
        ("POST", "/api/v1/config-changed"),
    ):
        answer = await client.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 422),
        pytest.param(b"[" * 100_000, 422, id="deep-lists"),
        pytest.param(b'{"a":' * 50_000, 422, id="deep-objects"),
        pytest.param(json.dumps(call("echo \ud800")).encode(), 422, id="half-a-character"),
        pytest.param(json.dumps(call("echo", tool_args=nested(600))).encode(), 422, id="nested-arguments"),
        (b"[]", 422),
        (b"{}", 422),
        (b"x" * 9_000_000, 413),
    ],
)
async def test_bad_bodies_are_refused_in_the_envelope(
    client: httpx.AsyncClient, body: bytes, status: int
) -> None:
    answer = await client.post("/api/v1/tools/execute", content=body)

    assert answer.status_code == status
    assert answer.json()["success"] is False


async def test_agent_cannot_speak_for_another_session(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/api/v1/tools/execute", json=call("echo hi", session_id="agent:sales:c-conv1")
    )

    assert answer.json()["status"] == "blocked"


async def test_second_decision_gets_a_conflict_and_what_stands(
    client: httpx.AsyncClient, bench: WrapperBench
) -> None:
    answering = asyncio.create_task(client.post("/api/v1/tools/execute", json=call("rm x")))
    approval_id = (await bench.asked()).approval_id
    path = f"/api/v1/approvals/{approval_id}/decision"

    first = await client.post(path, json={"verdict": "deny", "decided_by": "user:a", "deny_reason": "No."})
    second = await client.post(path, json={"verdict": "approve", "decided_by": "user:b"})

    assert (first.status_code, first.json()["data"]["status"]) == (200, "denied")
    assert (second.status_code, second.json()["error"]["code"]) == (409, "conflict")
    assert second.json()["error"]["held"]["decided_by"] == "user:a"
    assert (await answering).json()["reason"] == "No."


async def test_unknown_approval_is_not_found_and_reported_as_off(
    client: httpx.AsyncClient, bench: WrapperBench
) -> None:
    answer = await client.post(
        "/api/v1/approvals/apr_x/decision", json={"verdict": "approve", "decided_by": "user:a"}
    )

    assert answer.status_code == 404
    assert [(report.approval_id, report.status) for report in bench.hub.reports] == [("apr_x", "cancelled")]


async def test_approvals_are_listed_in_pages_newest_first(
    client: httpx.AsyncClient, bench: WrapperBench
) -> None:
    calls = [bench.begin("shell", f"call-{number}", command=f"rm {number}") for number in range(3)]
    for _ in calls:
        await bench.decide((await bench.asked()).approval_id, Verdict.DENY)
    await asyncio.gather(*calls)

    first = (await client.get("/api/v1/approvals", params={"limit": 2})).json()
    rest = (await client.get("/api/v1/approvals", params={"cursor": first["meta"]["next_cursor"]})).json()
    pending = (await client.get("/api/v1/approvals", params={"status": "pending"})).json()

    ids = [approval["approval_id"] for approval in (*first["data"], *rest["data"])]
    assert len(set(ids)) == 3
    assert rest["meta"]["next_cursor"] is None
    assert pending["data"] == []
    assert (await client.get("/api/v1/approvals", params={"status": "odd"})).status_code == 422


async def test_cancelling_a_session_leaves_other_sessions_alone(
    client: httpx.AsyncClient, bench: WrapperBench
) -> None:
    answering = asyncio.create_task(client.post("/api/v1/tools/execute", json=call("rm x")))
    await bench.asked()

    other = await client.post("/api/v1/sessions/cancel", json={"session_id": f"{SESSION}x"})
    own = await client.post("/api/v1/sessions/cancel", json={"session_id": SESSION})

    assert [answer.json()["data"]["cancelled_calls"] for answer in (other, own)] == [0, 1]
    assert (await answering).json()["status"] == "blocked"


async def test_stopped_conversation_takes_its_questions_along(
    client: httpx.AsyncClient, bench: WrapperBench
) -> None:
    before = utc_now()
    answering = asyncio.create_task(client.post("/api/v1/tools/execute", json=call("rm x")))
    await bench.asked()

    async def cancel(conversation_id: str, asked_at: datetime) -> int:
        body = {"conversation_id": conversation_id, "asked_at": asked_at.isoformat()}
        answer = await client.post("/api/v1/conversations/cancel", json=body)
        return int(answer.json()["data"]["cancelled_calls"])

    assert await cancel("conv2", utc_now()) == 0
    # What was asked after the wish belongs to what the owner wanted next.
    assert await cancel("conv1", before) == 0
    assert await cancel("conv1", utc_now()) == 1
    assert (await answering).json()["status"] == "blocked"
    assert bench.hub.reports[-1].status == "cancelled"


async def test_released_conversation_hears_that_its_question_waits(
    client: httpx.AsyncClient, bench: WrapperBench
) -> None:
    answering = asyncio.create_task(client.post("/api/v1/tools/execute", json=call("rm x")))
    asked = await bench.asked()

    async def release(conversation_id: str) -> int:
        answer = await client.post("/api/v1/conversations/release", json={"conversation_id": conversation_id})
        return int(answer.json()["data"]["released_calls"])

    assert (await release("conv2"), await release("conv1")) == (0, 1)
    assert (await answering).json()["status"] == "waiting"
    await bench.decide(asked.approval_id, Verdict.DENY)
    assert await release("conv1") == 0


async def test_changed_configuration_drops_the_calls_of_a_stopped_agent(
    client: httpx.AsyncClient, bench: WrapperBench
) -> None:
    answering = asyncio.create_task(client.post("/api/v1/tools/execute", json=call("rm x")))
    await bench.asked()
    unchanged = await client.post("/api/v1/config-changed")
    bench.configure(is_stopped=True)
    stopped = await client.post("/api/v1/config-changed")

    assert [answer.json()["data"]["cancelled_calls"] for answer in (unchanged, stopped)] == [0, 1]
    assert (await answering).json()["status"] == "blocked"


async def test_health_says_what_is_wrong(client: httpx.AsyncClient, bench: WrapperBench) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok", "detail": ""}

    bench.vault.close()
    failing = await client.get("/healthz")

    assert (failing.status_code, failing.json()["status"]) == (503, "failing")


async def test_lost_connection_leaves_the_question_open(
    client: httpx.AsyncClient, bench: WrapperBench
) -> None:
    lost = asyncio.create_task(client.post("/api/v1/tools/execute", json=call("rm x")))
    approval_id = (await bench.asked()).approval_id
    lost.cancel()
    await asyncio.gather(lost, return_exceptions=True)

    assert bench.parts.approvals.get(approval_id).status == "pending"
    await bench.decide(approval_id, Verdict.DENY)
    assert "status: denied" in (await asyncio.wait_for(bench.hub.told.get(), 5))[1]

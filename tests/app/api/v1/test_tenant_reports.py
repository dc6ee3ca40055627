"""Single reports of a server over HTTP."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from letsbe_app.composition import Services
from letsbe_app.workforce.approvals.schemas import Choice
from tenant_daemon.contracts.approvals import Verdict
from tests.contracts.examples import FROM_DAEMON
from tests.support.api import api_over
from tests.support.live_hub import Customer, new_customer

BEAT = FROM_DAEMON["heartbeat"].model_dump(mode="json")


@pytest.fixture
async def customer(services: Services) -> Customer:
    return await new_customer(services)


@pytest.fixture
async def server(services: Services, customer: Customer) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(services, customer.api_key) as client:
        yield client


def client_of(services: Services, api_key: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(api_over(services))
    headers = {"Authorization": f"Bearer {api_key}"}
    return httpx.AsyncClient(transport=transport, base_url="http://hub/api/v1/tenant", headers=headers)


def question(services: Services, **changes: Any) -> dict[str, Any]:
    asked = FROM_DAEMON["approval_requested"].model_dump(mode="json")
    return asked | {"created_at": datetime.now(UTC).isoformat(), "conversation_id": None} | changes


async def test_a_heartbeat_brings_figures_in_and_commands_out_until_they_are_taken(
    services: Services, customer: Customer, server: httpx.AsyncClient
) -> None:
    talk = await services.conversations.start(customer.actor, customer.tenant_id, "dispatcher")
    await services.conversations.send(customer.actor, talk.id, "How much disk is left?")
    first, again = [(await server.post("/heartbeat", json=BEAT)).json()["data"] for _ in range(2)]
    [command] = first["commands"]
    assert again["commands"] == [command | {"sent_at": again["commands"][0]["sent_at"]}]
    assert command["payload"]["text"] == "How much disk is left?"

    taken = (await server.post("/heartbeat", json=BEAT | {"taken": [command["id"]]})).json()["data"]
    view = await services.tenants.get(customer.actor, customer.tenant_id)
    [message] = (await services.conversations.messages(customer.actor, talk.id)).items
    assert taken["commands"] == []
    assert (view.cpu_percent, view.daemon_version, view.is_online) == (12.5, "0.1.0", False)
    assert message.status == "delivered"


async def test_the_configuration_is_fetched_and_its_fate_is_told(
    services: Services, customer: Customer, server: httpx.AsyncClient
) -> None:
    wanted = (await server.get("/config")).json()["data"]
    beat = (await server.post("/heartbeat", json=BEAT)).json()["data"]
    assert beat["config_version"] == wanted["version"]
    report = {"version": wanted["version"], "is_applied": True}
    assert (await server.post("/config", json=report)).status_code == 200

    view = await services.tenants.get(customer.actor, customer.tenant_id)
    assert view.applied_config_version >= wanted["version"]


async def test_usage_counts_once(services: Services, customer: Customer, server: httpx.AsyncClient) -> None:
    report = FROM_DAEMON["usage_reported"].model_dump(mode="json")
    report["buckets"][0]["hour"] = (
        services.usage._clock().replace(minute=0, second=0, microsecond=0).isoformat()
    )
    for _ in range(2):
        assert (await server.post("/usage", json=report)).status_code == 200

    assert (await services.usage.summary(customer.actor, customer.tenant_id)).used_tokens == 15


async def test_a_question_is_answered_by_people(
    services: Services, customer: Customer, server: httpx.AsyncClient
) -> None:
    now = services.approvals._clock()
    asked = question(services, expires_at=now.replace(year=now.year + 1).isoformat())
    for _ in range(2):
        answer = await server.post("/approval-request", json=asked)
        assert answer.json()["data"] == {"approval_id": "apr_1", "status": "pending", "decision": None}
    await services.approvals.decide(customer.actor, "apr_1", Choice(Verdict.APPROVE))
    told = (await server.get("/approval-response/apr_1")).json()["data"]

    assert told["decision"]["verdict"] == "approve"
    assert told["decision"]["decided_by"] == customer.actor.user_id


async def test_another_servers_question_is_not_there(
    services: Services, customer: Customer, server: httpx.AsyncClient
) -> None:
    await server.post("/approval-request", json=question(services))
    other = await new_customer(services, "eve@other.example")
    async with client_of(services, other.api_key) as eve:
        seen = await eve.get("/approval-response/apr_1")
        taken = await eve.post("/approval-request", json=question(services))

    assert (seen.status_code, taken.status_code) == (404, 409)


async def test_an_idempotency_key_gets_the_first_answer(server: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "beat-1"}
    first, again = [await server.post("/heartbeat", json=BEAT, headers=headers) for _ in range(2)]
    other = await server.post("/heartbeat", json=BEAT | {"cpu_percent": 1.0}, headers=headers)

    assert first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert int(first.headers["RateLimit-Remaining"]) > 0


async def test_a_revoked_key_replays_nothing(
    services: Services, customer: Customer, server: httpx.AsyncClient
) -> None:
    headers = {"Idempotency-Key": "beat-1"}
    await server.post("/heartbeat", json=BEAT, headers=headers)
    await services.tenants.revoke_key(customer.actor, customer.tenant_id)

    assert (await server.post("/heartbeat", json=BEAT, headers=headers)).status_code == 401

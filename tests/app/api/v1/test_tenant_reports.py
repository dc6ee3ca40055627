"""Single reports of a server over HTTP."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlmodel import select

from letsbe_app.composition import Services
from letsbe_app.db.models import AuditEntry
from letsbe_app.kit.secrets import token_hash
from letsbe_app.workforce.approvals.schemas import Choice
from tenant_daemon.contracts.approvals import Verdict
from tenant_daemon.contracts.distress import distress_token
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


def distress(customer: Customer, **changes: Any) -> dict[str, Any]:
    token = distress_token(token_hash(customer.api_key))
    return {"tenant_id": customer.tenant_id, "token": token, "trouble": "changed"} | changes


async def test_a_server_without_its_vault_says_so_and_is_well_again_with_its_next_heartbeat(
    services: Services, customer: Customer, server: httpx.AsyncClient
) -> None:
    await server.post("/heartbeat", json=BEAT)
    async with client_of(services, "") as nobody:
        for _ in range(2):
            assert (await nobody.post("/distress", json=distress(customer))).status_code == 200

    view = await services.tenants.get(customer.actor, customer.tenant_id)
    assert (view.vault_trouble, view.is_ready, view.cpu_percent) == ("changed", False, 12.5)
    async with services.database.read() as session:
        acts = (await session.exec(select(AuditEntry.action))).all()
    assert acts.count("tenant.vault_locked") == 1

    await server.post("/heartbeat", json=BEAT)
    assert (await services.tenants.get(customer.actor, customer.tenant_id)).vault_trouble == ""


async def test_a_server_without_room_says_so_and_is_well_again_with_its_next_heartbeat(
    services: Services, customer: Customer, server: httpx.AsyncClient
) -> None:
    await server.post("/heartbeat", json=BEAT)
    async with client_of(services, "") as nobody:
        for _ in range(2):
            told = await nobody.post("/distress", json=distress(customer, trouble="full"))
            assert told.status_code == 200

    view = await services.tenants.get(customer.actor, customer.tenant_id)
    assert (view.is_disk_full, view.vault_trouble, view.is_ready, view.cpu_percent) == (True, "", False, 12.5)
    async with services.database.read() as session:
        acts = (await session.exec(select(AuditEntry.action))).all()
    assert (acts.count("tenant.disk_full"), acts.count("tenant.vault_locked")) == (1, 0)

    await server.post("/heartbeat", json=BEAT)
    assert not (await services.tenants.get(customer.actor, customer.tenant_id)).is_disk_full


async def test_a_server_that_never_came_up_can_call_for_help(services: Services, customer: Customer) -> None:
    async with client_of(services, "") as nobody:
        await nobody.post("/distress", json=distress(customer, trouble="sealed", daemon_version="1.2"))

    view = await services.tenants.get(customer.actor, customer.tenant_id)
    assert (view.vault_trouble, view.is_online) == ("sealed", False)


async def test_nobody_calls_for_help_in_another_s_name(services: Services, customer: Customer) -> None:
    other = await new_customer(services, "other@shop.example")
    async with client_of(services, "") as nobody:
        refused = [
            await nobody.post("/distress", json=distress(other, tenant_id=customer.tenant_id)),
            await nobody.post("/distress", json=distress(customer, token=token_hash(customer.api_key))),
            await nobody.post("/distress", json=distress(customer, tenant_id="ten_nobody")),
        ]
        odd = await nobody.post("/distress", json=distress(customer, token="ä" * 64))
    assert [answer.status_code for answer in refused] == [401, 401, 401]
    assert odd.status_code == 422
    assert (await services.tenants.get(customer.actor, customer.tenant_id)).vault_trouble == ""

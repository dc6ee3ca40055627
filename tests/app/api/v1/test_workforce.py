"""The customer's routes, as the pages' script calls them."""

from datetime import timedelta

import httpx
import pytest

from letsbe_app.composition import Services
from letsbe_app.kit.clock import utc_now
from tenant_daemon.contracts.approvals import ApprovalRequested
from tenant_daemon.contracts.tiers import Tier
from tests.support.api import api_over
from tests.support.browser_client import BrowserClient
from tests.support.hub import paid_order

SALES = {"agent_id": "sales"}


async def signed_in(services: Services, browser: BrowserClient, email: str = "ada@bakery.example") -> str:
    """Sign the browser in; gives the id of a server of that customer."""
    await browser.sign_up(email)
    actor = await services.accounts.actor_of(browser.cookies["letsbe_session"])
    _, tenant_id = await paid_order(services, actor)
    await services.agents.create_defaults(tenant_id)
    return tenant_id


@pytest.fixture
async def tenant_id(services: Services, browser: BrowserClient) -> str:
    return await signed_in(services, browser)


@pytest.fixture
async def conversation_id(browser: BrowserClient, tenant_id: str) -> str:
    answer = await browser.post(f"/api/v1/customer/tenants/{tenant_id}/conversations", json=SALES)
    assert answer.status_code == 201
    return str(answer.json()["data"]["id"])


async def ask(services: Services, tenant_id: str, approval_id: str = "apr_1") -> None:
    now = utc_now()
    asked = ApprovalRequested(
        approval_id=approval_id,
        conversation_id=None,
        agent_id="sales",
        tool_call_id="tc1",
        tool_name="shell",
        tier=Tier.RED,
        is_external=False,
        summary="Delete a folder.",
        reason="why",
        call_digest="d",
        created_at=now,
        expires_at=now + timedelta(days=30),
    )
    await services.approvals.request(tenant_id, asked)


async def test_message_is_sent_once_and_listed_with_its_place_to_resume(
    browser: BrowserClient, conversation_id: str
) -> None:
    path = f"/api/v1/customer/conversations/{conversation_id}/messages"
    body = {"message_id": "msg_browser-1", "text": "hello"}
    for _ in range(2):
        assert (await browser.post(path, json=body)).status_code == 201
    listed = (await browser.get(path)).json()
    assert [(item["id"], item["status"]) for item in listed["data"]] == [("msg_browser-1", "waiting")]
    assert listed["meta"] == {"next_cursor": None, "resume_after": "1-0"}


async def test_conversations_are_listed_and_stopped(
    browser: BrowserClient, tenant_id: str, conversation_id: str
) -> None:
    listed = await browser.get(f"/api/v1/customer/tenants/{tenant_id}/conversations?agent_id=sales")
    assert [item["id"] for item in listed.json()["data"]] == [conversation_id]
    one = await browser.get(f"/api/v1/customer/conversations/{conversation_id}")
    assert one.json()["data"]["agent_id"] == "sales"
    stopped = await browser.post(f"/api/v1/customer/conversations/{conversation_id}/stop")
    assert (stopped.status_code, stopped.json()["data"]) == (200, None)


async def test_agents_are_listed_and_changed(browser: BrowserClient, tenant_id: str) -> None:
    path = f"/api/v1/customer/tenants/{tenant_id}/agents"
    assert len((await browser.get(path)).json()["data"]) == 5
    changed = await browser.patch(f"{path}/sales", json={"level": 1})
    assert changed.json()["data"]["level"] == 1
    stopped = await browser.post(f"{path}/sales/stop", json={"is_stopped": True})
    assert stopped.json()["data"]["is_stopped"] is True
    refused = await browser.patch(f"{path}/sales", json={"level": 7})
    assert refused.status_code == 422
    usage = await browser.get(f"/api/v1/customer/tenants/{tenant_id}/usage")
    assert usage.json()["data"]["used_tokens"] == 0


async def test_second_decision_is_a_conflict(
    services: Services, browser: BrowserClient, tenant_id: str
) -> None:
    await ask(services, tenant_id)
    path = "/api/v1/customer/approvals/apr_1/decision"
    assert len((await browser.get("/api/v1/customer/approvals")).json()["data"]) == 1
    first = await browser.post(path, json={"verdict": "approve"})
    assert (first.status_code, first.json()["data"]["verdict"]) == (200, "approve")
    second = await browser.post(path, json={"verdict": "deny", "deny_reason": "no"})
    assert (second.status_code, second.json()["error"]["code"]) == (409, "conflict")
    settled = await browser.get("/api/v1/customer/approvals?is_settled=true")
    assert settled.json()["data"] == []
    assert (await browser.get("/api/v1/customer/approvals/apr_1")).json()["data"]["tier"] == "RED"


def changing_calls(tenant_id: str, conversation_id: str) -> list[tuple[str, str, dict[str, object]]]:
    tenant = f"/api/v1/customer/tenants/{tenant_id}"
    conversation = f"/api/v1/customer/conversations/{conversation_id}"
    return [
        ("POST", f"{tenant}/conversations", {"agent_id": "sales"}),
        ("PATCH", f"{tenant}/agents/sales", {"level": 3}),
        ("POST", f"{tenant}/agents/sales/stop", {"is_stopped": True}),
        ("POST", f"{conversation}/messages", {"text": "hello"}),
        ("POST", f"{conversation}/stop", {}),
        ("POST", "/api/v1/customer/approvals/apr_1/decision", {"verdict": "approve"}),
    ]


async def test_other_sites_change_nothing(
    services: Services, browser: BrowserClient, tenant_id: str, conversation_id: str
) -> None:
    await ask(services, tenant_id)
    forged = [{"X-CSRF-Token": ""}, {"X-CSRF-Token": "0" * 64}, {"Origin": "https://evil.example"}]
    for headers in forged:
        for method, path, body in changing_calls(tenant_id, conversation_id):
            answer = await browser.request(method, path, json=body, headers=headers)
            assert (path, answer.status_code) == (path, 403)
    actor = await services.accounts.actor_of(browser.cookies["letsbe_session"])
    assert (await services.approvals.get(actor, "apr_1")).is_open
    assert (await services.conversations.messages(actor, conversation_id)).items == []


@pytest.mark.slow
async def test_another_customer_sees_what_is_not_there(
    services: Services, browser: BrowserClient, tenant_id: str, conversation_id: str
) -> None:
    await ask(services, tenant_id)
    transport = httpx.ASGITransport(api_over(services), raise_app_exceptions=False)
    async with BrowserClient(transport) as eve:
        await signed_in(services, eve, "eve@other.example")
        reading = [
            ("GET", f"/api/v1/customer/tenants/{tenant_id}/agents", None),
            ("GET", f"/api/v1/customer/tenants/{tenant_id}/conversations", None),
            ("GET", f"/api/v1/customer/tenants/{tenant_id}/usage", None),
            ("GET", f"/api/v1/customer/conversations/{conversation_id}", None),
            ("GET", f"/api/v1/customer/conversations/{conversation_id}/messages", None),
            ("GET", "/api/v1/customer/approvals/apr_1", None),
        ]
        for method, path, body in [*reading, *changing_calls(tenant_id, conversation_id)]:
            answer = await eve.request(method, path, json=body)
            nowhere = (
                path.replace(tenant_id, "ten_0").replace(conversation_id, "cnv_0").replace("apr_1", "apr_0")
            )
            unknown = await eve.request(method, nowhere, json=body)
            assert (path, answer.status_code, answer.json()) == (path, 404, unknown.json())
        listed = await eve.get(f"/api/v1/customer/approvals?tenant_id={tenant_id}")
        assert listed.json()["data"] == []


async def test_without_a_session_nothing_is_answered(
    services: Services, tenant_id: str, conversation_id: str
) -> None:
    transport = httpx.ASGITransport(api_over(services), raise_app_exceptions=False)
    async with BrowserClient(transport) as nobody:
        for method, path, body in changing_calls(tenant_id, conversation_id):
            answer = await nobody.request(method, path, json=body)
            assert (path, answer.status_code) == (path, 401)


async def test_wrong_body_names_the_field(browser: BrowserClient, conversation_id: str) -> None:
    path = f"/api/v1/customer/conversations/{conversation_id}/messages"
    for body, field in (
        ({}, "text"),
        ({"text": 7}, "text"),
        ({"text": "hello", "colour": "red"}, "colour"),
        ({"text": "  "}, "text"),
    ):
        answer = await browser.post(path, json=body)
        assert answer.status_code == 422
        assert [problem["field"] for problem in answer.json()["error"]["details"]] == [field]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"level": True}, "level"),
        ({"level": "1"}, "level"),
        ({"tier_floors": {"shell": True}}, "tier_floors.shell"),
        ({"budgets": [{"period": "day", "with_sub_agents": False, "tokens": True}]}, "budgets.0.tokens"),
        ({"unlocked_tools": ["../../x"]}, "unlocked_tools"),
        ({"name": "Sa\u202eles"}, "name"),
    ],
)
async def test_settings_that_are_none_are_refused_by_name(
    browser: BrowserClient, tenant_id: str, body: dict[str, object], field: str
) -> None:
    answer = await browser.request("PATCH", f"/api/v1/customer/tenants/{tenant_id}/agents/sales", json=body)
    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["error"]["details"]] == [field]

"""Enrolment over HTTP."""

from letsbe_app.composition import Services
from letsbe_app.people.authz.actor import Actor
from tests.support.browser_client import BrowserClient
from tests.support.hub import paid_order

ABOUT = {
    "daemon_version": "1",
    "openclaw_version": "2026.9.6",
    "protocol_version": 1,
    "sealing_public_key": "k",
}


async def test_token_is_traded_once(services: Services, owner: Actor, browser: BrowserClient) -> None:
    _, tenant_id = await paid_order(services, owner)
    token = await services.tenants.issue_token(tenant_id)
    first = await browser.post("/api/v1/tenant/register", json={"token": token, **ABOUT})
    assert first.status_code == 200
    granted = first.json()["data"]
    assert granted["tenant_id"] == tenant_id
    assert granted["link_url"] == "ws://localhost:8000/api/v1/tenant/link"
    assert (await services.tenants.authenticate(granted["api_key"])).tenant_id == tenant_id
    second = await browser.post("/api/v1/tenant/register", json={"token": token, **ABOUT})
    assert second.status_code == 401
    assert second.json()["success"] is False
    assert token not in second.text


async def test_wrong_token_is_refused(browser: BrowserClient) -> None:
    answer = await browser.post("/api/v1/tenant/register", json={"token": "x" * 40, **ABOUT})
    assert answer.status_code == 401

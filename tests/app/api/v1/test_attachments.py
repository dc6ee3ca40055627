"""Files over HTTP: a browser sends a box, the server fetches it, and then it is gone."""

from base64 import b64encode

import pytest

from letsbe_app.composition import Services
from letsbe_app.workforce.attachments.schemas import BOX_OVERHEAD
from tenant_daemon.contracts.chat import MAX_ATTACHMENT_BYTES
from tests.app.api.v1.test_tenant import ABOUT
from tests.support.browser_client import BrowserClient
from tests.support.hub import paid_order

ID = "att_01k9zq5w8x7v3m2n1c4b6t8r0e"
UPLOAD = "/api/v1/customer/attachments"
FETCH = f"/api/v1/tenant/attachments/{ID}"


@pytest.mark.slow
async def test_box_goes_from_browser_to_server_and_is_forgotten(
    services: Services, browser: BrowserClient
) -> None:
    await browser.sign_up()
    actor = await services.accounts.actor_of(browser.cookies["letsbe_session"])
    _, tenant_id = await paid_order(services, actor)
    await services.agents.create_defaults(tenant_id)
    token = await services.tenants.issue_token(tenant_id)
    granted = await browser.post("/api/v1/tenant/register", json={"token": token, **ABOUT})
    key = {"Authorization": f"Bearer {granted.json()['data']['api_key']}"}
    box = b"\x01" * (3_000_000 + BOX_OVERHEAD)
    body = {"tenant_id": tenant_id, "id": ID, "name": "a.pdf", "size_bytes": 3_000_000}

    for wrong in ("not base64!", "Käse"):
        broken = await browser.post(UPLOAD, json={**body, "box": wrong})
        assert (broken.status_code, broken.json()["error"]["details"][0]["field"]) == (422, "box")
    sent = await browser.post(UPLOAD, json={**body, "box": b64encode(box).decode()})
    assert sent.status_code == 201
    assert (await browser.get(FETCH, headers=key)).status_code == 404

    conversation = await services.conversations.start(actor, tenant_id, "sales")
    said = await browser.post(
        f"/api/v1/customer/conversations/{conversation.id}/messages",
        json={"text": "Read", "attachments": [ID]},
    )
    assert said.json()["data"]["attachments"][0]["media_type"] == "application/pdf"
    assert (await browser.get(FETCH)).status_code == 401
    fetched = await browser.get(FETCH, headers=key)
    assert (fetched.content, fetched.headers["cache-control"]) == (box, "no-store")
    assert (await browser.delete(FETCH, headers=key)).status_code == 200
    assert (await browser.get(FETCH, headers=key)).status_code == 404


async def test_body_is_bounded(browser: BrowserClient) -> None:
    await browser.sign_up()
    too_large = "A" * (MAX_ATTACHMENT_BYTES * 4 // 3 + 8_192)
    body = {"tenant_id": "ten_x", "id": ID, "name": "a.pdf", "size_bytes": 1, "box": too_large}
    assert (await browser.post(UPLOAD, json=body)).status_code == 413

"""What every logged line of a request says: which request, whose."""

from typing import Any

import structlog
from structlog.testing import LogCapture

from letsbe_app.composition import Services
from tests.support.browser_client import BrowserClient


async def test_every_line_names_its_request_and_its_customer(
    services: Services, browser: BrowserClient
) -> None:
    customer_id = (await browser.sign_up()).json()["data"]["customer_id"]
    capture = LogCapture()
    before = structlog.get_config()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, capture])
    try:
        answer = await browser.post("/api/v1/customer/webhooks", json={"url": "https://shop.example/"})
        await browser.get("/api/v1/customer/tenants/ten_01m7z02gbctjfehe58qv93hz68")
        await browser.get("/api/v1/public/plans")
    finally:
        structlog.configure(**before)
    lines: list[dict[str, Any]] = list(capture.entries)
    of_request = [one for one in lines if one.get("request_id") == answer.headers["X-Request-Id"]]

    assert {one["event"] for one in of_request} >= {"webhook.added", "api.request"}
    assert {one.get("customer_id") for one in of_request} == {customer_id}
    named = [one for one in lines if one.get("tenant_id")]
    assert [one["route"] for one in named] == ["/customer/tenants/{tenant_id}"]
    assert "customer_id" not in lines[-1]
    assert not [one for one in lines if "request_id" not in one]

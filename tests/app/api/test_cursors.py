"""A cursor that was made up is refused by every list there is, and named."""

from typing import Final

import pytest

from letsbe_app.composition import Services
from letsbe_app.db.models import StaffRole
from letsbe_app.webhooks.schemas import EndpointChanges
from tests.support.api_description import api_description
from tests.support.browser_client import BrowserClient
from tests.support.hub import FakeClock, paid_order
from tests.support.staff import new_member, staff_browser

NAMES: Final = ("cursor", "before")
MADE_UP: Final = ("\0", "zzzz", "٣", "x" * 121, "ord_01", "9" * 30)


def lists() -> list[tuple[str, str, list[str]]]:
    """Address, the cursor's name and what else is needed, of every list."""
    found = []
    for path, methods in api_description()["paths"].items():
        asked = [one for one in methods.get("get", {}).get("parameters", []) if one["in"] == "query"]
        needed = [one["name"] for one in asked if one["required"]]
        found += [(path, one["name"], needed) for one in asked if one["name"] in NAMES]
    return found


@pytest.fixture
async def ids(services: Services, browser: BrowserClient) -> dict[str, str]:
    """What the lists are of."""
    await browser.sign_up()
    actor = await services.accounts.actor_of(browser.cookies["letsbe_session"])
    _, tenant_id = await paid_order(services, actor)
    await services.agents.create_defaults(tenant_id)
    hook = await services.webhooks.add(actor, EndpointChanges(url="https://shop.example/hook"))
    return {
        "tenant_id": tenant_id,
        "agent_id": "sales",
        "conversation_id": (await services.conversations.start(actor, tenant_id, "sales")).id,
        "webhook_id": hook.endpoint.id,
    }


@pytest.mark.slow
async def test_every_list_refuses_a_cursor_that_was_made_up(
    services: Services, browser: BrowserClient, clock: FakeClock, ids: dict[str, str]
) -> None:
    assert len(lists()) > 25
    async with staff_browser(services, await new_member(services, clock, StaffRole.ADMIN)) as office:
        for path, name, needed in lists():
            client = office if path.startswith("/api/v1/admin/") else browser
            for cursor in MADE_UP:
                asked = dict.fromkeys(needed, "bread") | {name: cursor}
                answer = await client.get(path.format_map(ids), params=asked)
                assert answer.status_code == 422, (path, cursor, answer.text)
                details = answer.json()["error"]["details"]
                assert [problem["field"] for problem in details] == [name], (path, cursor, details)

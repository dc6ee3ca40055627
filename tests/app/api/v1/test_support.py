"""Support looks into an account: only with the owner's word, only at states, and every look is told."""

from collections.abc import AsyncIterator

import pytest

from letsbe_app.composition import Services
from letsbe_app.db.models import StaffRole
from letsbe_app.people.authz.actor import Actor
from tests.app.api.test_roles import NEEDS, operations
from tests.support.browser_client import BrowserClient
from tests.support.hub import FakeClock, paid_order
from tests.support.staff import new_member, staff_browser

ADMIN = "/api/v1/admin"
REASON = {"reason": "The owner asked why the server is slow."}
SEEN = {
    "orders",
    "order",
    "progress",
    "tenants",
    "tenant",
    "tenant_history",
    "list_agents",
    "list_agent_templates",
    "get_retention",
    "sign_in_rules",
    "usage_report",
    "usage",
    "usage_table",
    "members",
}
"""Everything that a look may read; whatever is new is closed until it stands here."""


@pytest.fixture
async def desk(services: Services, clock: FakeClock) -> AsyncIterator[BrowserClient]:
    async with staff_browser(services, await new_member(services, clock, StaffRole.SUPPORT)) as client:
        yield client


async def visit(desk: BrowserClient, owner: Actor) -> int:
    answer = await desk.post(f"{ADMIN}/customers/{owner.customer_id}/visit", json=REASON)
    return answer.status_code


async def test_without_the_owners_word_support_stays_out(
    services: Services, desk: BrowserClient, owner: Actor, clock: FakeClock
) -> None:
    assert await visit(desk, owner) == 403
    await services.support.allow(owner, 4)
    assert await visit(desk, owner) == 201
    await services.support.take_back(owner)
    assert (await desk.get("/api/v1/customer/tenants")).status_code == 401
    assert await visit(desk, owner) == 403
    await services.support.allow(owner, 1)
    clock.advance(hours=1, seconds=1)
    assert (await services.support.current(owner)) is None


@pytest.mark.slow
async def test_a_look_reads_states_and_does_nothing(
    services: Services, desk: BrowserClient, owner: Actor
) -> None:
    _, tenant_id = await paid_order(services, owner)
    await services.agents.create_defaults(tenant_id)
    await services.support.allow(owner, 4)
    await visit(desk, owner)
    desk.headers.pop("X-CSRF-Token")
    [server] = (await desk.get("/api/v1/customer/tenants")).json()["data"]
    assert server["name"]
    agents = (await desk.get(f"/api/v1/customer/tenants/{server['id']}/agents")).json()["data"]
    assert {agent["soul_md"] for agent in agents} == {""}
    for name, method, path, body in operations():
        answer = await desk.request(method, path, json=body)
        if method == "GET" and name in SEEN:
            assert answer.status_code in (200, 404), (name, answer.text)
        else:
            assert answer.status_code == 403, (name, answer.status_code, answer.text)
    assert NEEDS.keys() >= SEEN


@pytest.mark.slow
async def test_with_the_right_csrf_token_a_look_still_does_nothing(
    services: Services, desk: BrowserClient, owner: Actor
) -> None:
    await services.support.allow(owner, 4)
    answer = await desk.post(f"{ADMIN}/customers/{owner.customer_id}/visit", json=REASON)
    token = services.csrf.token(answer.json()["data"]["visit_id"])
    for name, method, path, body in operations():
        if method != "GET":
            answer = await desk.request(method, path, json=body, headers={"X-CSRF-Token": token})
            assert answer.status_code == 403, (name, answer.status_code, answer.text)


async def test_every_look_stands_in_the_owners_log(
    services: Services, desk: BrowserClient, owner: Actor
) -> None:
    await services.support.allow(owner, 4)
    await visit(desk, owner)
    await desk.get("/api/v1/customer/tenants")
    await desk.get("/api/v1/customer/agents?x=1")
    await desk.post(f"{ADMIN}/visits/end")
    acts = (await services.activity.list(owner)).items

    assert [(act.action, act.object) for act in acts[:5]] == [
        ("support.visit_ended", ""),
        ("support.looked", "GET /api/v1/customer/tenants"),
        ("support.visit_began", ""),
        ("support.allowed", ""),
        ("account.signed_up", ""),
    ]
    assert acts[2].reason == REASON["reason"]
    assert {act.name for act in acts if act.who == "support"} == {""}


async def test_a_look_ends_by_itself_and_with_its_member_of_staff(
    services: Services, desk: BrowserClient, owner: Actor, clock: FakeClock
) -> None:
    await services.support.allow(owner, 72)
    await visit(desk, owner)
    clock.advance(minutes=61)
    assert (await desk.get("/api/v1/customer/tenants")).status_code == 401


async def test_one_customers_word_opens_no_other_account(
    services: Services, desk: BrowserClient, owner: Actor, stranger: Actor
) -> None:
    _, tenant_id = await paid_order(services, owner)
    await services.support.allow(stranger, 4)
    assert await visit(desk, stranger) == 201
    assert (await desk.get(f"/api/v1/customer/tenants/{tenant_id}")).status_code == 404
    assert await visit(desk, owner) == 403

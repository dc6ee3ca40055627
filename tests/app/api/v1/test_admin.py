"""Staff: joining, signing in, looking, changing the fleet; and what staff never sees."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlmodel import select

from letsbe_app.composition import Services
from letsbe_app.db.models import Order, OrderStatus, OutgoingEvent, StaffRole, Tenant, TenantStatus
from letsbe_app.errors import NotSignedIn
from letsbe_app.fleet.health.service import HealthService
from letsbe_app.notify.inbox import kind_of
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.events.service import Event
from letsbe_app.relay.channels import JOBS_CHANNEL
from tenant_daemon.contracts.secrets import CanarySeen
from tests.support.api import api_over
from tests.support.api_description import api_description
from tests.support.browser_client import BrowserClient
from tests.support.hub import PASSWORD, FakeClock, database_text, new_owner, paid_order
from tests.support.live_hub import enrol
from tests.support.portal import heartbeat
from tests.support.staff import STAFF_PASSWORD, Member, new_member, staff_browser

ADMIN = "/api/v1/admin"
PUBLIC = "/api/v1/public/staff"
REASON = "The customer wrote to us about it."


@pytest.fixture
async def admin(services: Services, clock: FakeClock) -> Member:
    return await new_member(services, clock)


@pytest.fixture
async def desk(services: Services, admin: Member) -> AsyncIterator[BrowserClient]:
    async with staff_browser(services, admin) as client:
        yield client


async def failed_order(services: Services, owner: Actor) -> tuple[str, str]:
    order_id, tenant_id = await paid_order(services, owner)
    async with services.database.write() as session:
        (await session.get_one(Tenant, tenant_id)).status = TenantStatus.FAILED
        (await session.get_one(Order, order_id)).status = OrderStatus.FAILED
    return order_id, tenant_id


async def test_a_link_lets_one_person_in_once(
    services: Services, browser: BrowserClient, clock: FakeClock
) -> None:
    link = await services.staff.add("grace@letsbe.example", StaffRole.SUPPORT)
    token = link.url.partition("#")[2]
    begun = (await browser.post(f"{PUBLIC}/join/begin", json={"token": token})).json()["data"]
    code = Member(None, "", begun["secret"]).code(clock)  # type: ignore[arg-type]
    form = {"token": token, "password": STAFF_PASSWORD, "code": code}
    weak = await browser.post(f"{PUBLIC}/join", json=form | {"password": "password1234"})
    wrong = await browser.post(f"{PUBLIC}/join", json=form | {"code": "000000"})
    right = await browser.post(f"{PUBLIC}/join", json=form)
    again = await browser.post(f"{PUBLIC}/join", json=form)

    assert [answer.status_code for answer in (weak, wrong, right, again)] == [422, 422, 201, 422]
    assert right.json()["data"]["role"] == "support"
    assert (await browser.get(f"{ADMIN}/me")).json()["data"]["email"] == "grace@letsbe.example"
    stored = await database_text(services)
    assert token not in stored
    assert begun["secret"] not in stored


async def test_a_link_grows_old(services: Services, browser: BrowserClient, clock: FakeClock) -> None:
    link = await services.staff.add("grace@letsbe.example", StaffRole.ADMIN)
    clock.advance(hours=24, seconds=1)
    body = {"token": link.url.partition("#")[2]}

    assert (await browser.post(f"{PUBLIC}/join/begin", json=body)).status_code == 422


async def test_signing_in_takes_password_and_code_and_tells_not_which_is_wrong(
    browser: BrowserClient, admin: Member, clock: FakeClock
) -> None:
    clock.advance(seconds=30)
    form = {"email": "grace@letsbe.example", "password": STAFF_PASSWORD, "code": admin.code(clock)}
    answers = [
        await browser.post(f"{PUBLIC}/sign-in", json=form | change)
        for change in (
            {"password": "wrong"},
            {"code": "000000"},
            {"email": "nobody@letsbe.example"},
            {},
            {},  # a code counts once
        )
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 200, 401]
    assert len({answer.json()["error"]["message"] for answer in answers if answer.is_error}) == 1


async def test_a_session_of_staff_is_short(desk: BrowserClient, clock: FakeClock) -> None:
    clock.advance(minutes=59)
    assert (await desk.get(f"{ADMIN}/me")).status_code == 200
    clock.advance(minutes=61)
    assert (await desk.get(f"{ADMIN}/me")).status_code == 401


async def test_a_customer_is_no_staff_and_staff_is_no_customer(
    browser: BrowserClient, desk: BrowserClient, admin: Member
) -> None:
    await browser.sign_up()
    browser.cookies.set("letsbe_staff", browser.cookies["letsbe_session"])
    assert (await browser.get(f"{ADMIN}/overview")).status_code == 401
    desk.cookies.set("letsbe_session", admin.session_token)
    assert (await desk.get("/api/v1/customer/me")).status_code == 401


async def test_customers_are_found_by_name_address_and_id(
    services: Services, desk: BrowserClient, owner: Actor
) -> None:
    await new_owner(services, "eve@other.example")
    _, tenant_id = await paid_order(services, owner)
    for words in ("ada's", "ada@bakery", owner.customer_id, tenant_id):
        found = (await desk.get(f"{ADMIN}/customers", params={"q": words})).json()["data"]
        assert owner.customer_id in {row["id"] for row in found}, words
    assert (await desk.get(f"{ADMIN}/customers", params={"q": "100%_"})).json()["data"] == []


async def test_lists_have_pages(services: Services, desk: BrowserClient) -> None:
    for number in range(3):
        await new_owner(services, f"owner{number}@bakery.example")
    first = (await desk.get(f"{ADMIN}/customers", params={"limit": 2})).json()
    rest = await desk.get(f"{ADMIN}/customers", params={"limit": 2, "cursor": first["meta"]["next_cursor"]})

    assert (len(first["data"]), len(rest.json()["data"])) == (2, 1)
    assert rest.json()["meta"]["next_cursor"] is None


async def test_a_look_at_a_customer_stands_in_their_record(
    services: Services, desk: BrowserClient, owner: Actor
) -> None:
    detail = (await desk.get(f"{ADMIN}/customers/{owner.customer_id}")).json()["data"]
    acts = (await services.activity.list(owner)).items

    assert detail["people"][0]["email"] == owner.email
    assert [(one.who, one.name, one.action) for one in acts[:1]] == [
        ("support", "", "staff.looked_at_customer")
    ]


async def test_a_server_shows_how_it_went(
    services: Services, desk: BrowserClient, admin: Member, owner: Actor, clock: FakeClock
) -> None:
    _, tenant_id = await paid_order(services, owner)
    for _ in range(3):
        clock.advance(minutes=5)
        await services.tenants.record_heartbeat(tenant_id, heartbeat())
    detail = (await desk.get(f"{ADMIN}/servers/{tenant_id}")).json()["data"]

    assert detail["history"]["span"] == "month"
    assert {sample["cpu_percent"] for sample in detail["history"]["samples"]} == {12.0}
    assert detail["server"]["customer_name"] == "Ada's Bakery"
    clock.advance(days=31)
    await services.tenants.record_heartbeat(tenant_id, heartbeat())
    assert len((await services.back_office.server(admin.actor, tenant_id)).history.samples) == 1


async def test_a_set_up_is_tried_again_and_the_reason_is_kept(
    services: Services, desk: BrowserClient, owner: Actor
) -> None:
    order_id, _ = await failed_order(services, owner)
    without = await desk.post(f"{ADMIN}/runs/{order_id}/retry", json={"reason": " "})
    tried = await desk.post(f"{ADMIN}/runs/{order_id}/retry", json={"reason": REASON})
    again = await desk.post(f"{ADMIN}/runs/{order_id}/retry", json={"reason": REASON})
    audit = (await desk.get(f"{ADMIN}/audit", params={"action": "provisioning."})).json()["data"]

    assert [answer.status_code for answer in (without, tried, again)] == [422, 200, 409]
    assert tried.json()["data"]["run"]["status"] == "provisioning"
    assert (audit[0]["reason"], audit[0]["actor_name"]) == (REASON, "grace@letsbe.example")


async def test_a_set_up_is_given_up(services: Services, desk: BrowserClient, owner: Actor) -> None:
    order_id, _ = await failed_order(services, owner)
    answer = await desk.post(f"{ADMIN}/runs/{order_id}/cancel", json={"reason": REASON})

    assert answer.json()["data"]["run"]["status"] == "removed"
    orders = (await desk.get(f"{ADMIN}/orders", params={"status": "cancelled"})).json()["data"]
    assert [order["id"] for order in orders] == [order_id]
    assert (await desk.get(f"{ADMIN}/runs/unknown")).status_code == 404


async def test_nothing_is_left_of_a_set_up_that_is_given_up(
    services: Services, desk: BrowserClient, owner: Actor
) -> None:
    order_id, tenant_id = await failed_order(services, owner)
    key = await enrol(services, tenant_id)
    async with services.relay.subscriber.mailbox() as mailbox:
        await services.relay.subscriber.follow(mailbox, JOBS_CHANNEL)
        await desk.post(f"{ADMIN}/runs/{order_id}/cancel", json={"reason": REASON})
        async with asyncio.timeout(10):
            await mailbox.get()  # The machine goes at once, not when something else happens to wake the jobs.

    progress = await services.provisioning.progress(owner, order_id)
    assert (progress.status, progress.can_retry) == (TenantStatus.REMOVED, False)
    with pytest.raises(NotSignedIn):
        await services.tenants.authenticate(key)
    assert (await services.accounts.account(owner)).founding_number is None
    [told] = [one for one in await events_of(services) if one.type == "provisioning.cancelled"]
    kind = kind_of(told)
    assert kind is not None
    assert kind.name == "order_cancelled"


async def test_a_place_among_the_founders_stays_with_whoever_has_another_server(
    services: Services, desk: BrowserClient, owner: Actor
) -> None:
    first, _ = await failed_order(services, owner)
    await paid_order(services, owner)
    await desk.post(f"{ADMIN}/runs/{first}/cancel", json={"reason": REASON})

    assert (await services.accounts.account(owner)).founding_number == 1


async def events_of(services: Services) -> list[Event]:
    async with services.database.read() as session:
        rows = (await session.exec(select(OutgoingEvent))).all()
    return [Event(row.id, row.customer_id, row.tenant_id, row.type, row.data, row.created_at) for row in rows]


async def test_a_set_up_is_not_half_given_up(services: Services, desk: BrowserClient, owner: Actor) -> None:
    order_id, _ = await failed_order(services, owner)
    await services.orders.move(order_id, OrderStatus.PROVISIONING)
    answer = await desk.post(f"{ADMIN}/runs/{order_id}/cancel", json={"reason": REASON})

    assert answer.status_code == 409
    assert (await desk.get(f"{ADMIN}/runs/{order_id}")).json()["data"]["run"]["status"] == "failed"


async def test_the_audit_is_searched_by_what_somebody_types(
    services: Services, desk: BrowserClient, admin: Member, owner: Actor
) -> None:
    await failed_order(services, owner)
    whole = (await services.back_office.acts(admin.actor)).items
    address = next(act.actor_name for act in whole if act.actor == owner.user_id)

    async def found(words: str) -> set[str]:
        acts = (await services.back_office.find_acts(admin.actor, words)).items
        return {act.actor for act in acts} if acts else set()

    assert await found(f" {address.upper()} ") == {owner.user_id}
    assert await found("nobody@bakery.example") == set()
    assert await found(owner.user_id) == {owner.user_id}
    assert admin.actor.staff_id not in await found(owner.customer_id)
    assert await found("order.") <= {act.actor for act in whole}
    assert len((await services.back_office.find_acts(admin.actor, "")).items) == len(whole)


async def test_a_touched_trap_and_a_broken_trail_are_seen_first(
    services: Services, desk: BrowserClient, owner: Actor, stranger: Actor
) -> None:
    await failed_order(services, stranger)
    _, tenant_id = await paid_order(services, owner)
    seen = CanarySeen(
        alarm_id="cny_1", name="old-bank-login", door="tool call", agent_id="sales", seen_at=datetime.now(UTC)
    )
    await services.secrets.record_alarm(tenant_id, seen)
    rows = (await desk.get(f"{ADMIN}/overview")).json()["data"]["needs_attention"]

    assert [(row["id"], row["touched_traps"]) for row in rows] == [(tenant_id, 1), (rows[1]["id"], 0)]
    assert rows[1]["health"] == "failed"
    page = (await desk.get(f"{ADMIN}/servers/{tenant_id}")).json()["data"]
    assert (page["server"]["touched_traps"], page["server"]["has_audit_problem"]) == (1, False)
    # Which secret it is, and what was done, are the customer's.
    assert "old-bank-login" not in str(page)
    await services.secrets.acknowledge(owner, "cny_1")
    rows = (await desk.get(f"{ADMIN}/overview")).json()["data"]["needs_attention"]
    assert [row["touched_traps"] for row in rows] == [0]


async def test_the_overview_counts(services: Services, desk: BrowserClient, owner: Actor) -> None:
    await failed_order(services, owner)
    figures = (await desk.get(f"{ADMIN}/overview")).json()["data"]

    assert (figures["customers"], figures["servers"], figures["failed_runs"]) == (1, 1, 1)
    assert figures["health"] == [{"name": "failed", "count": 1}]
    assert [row["health"] for row in figures["needs_attention"]] == ["failed"]
    assert (len(figures["sign_ups"]), figures["sign_ups"][-1]["count"]) == (30, 1)
    assert figures["orders_paid_30_days"] == 1
    # The hub of the tests is one on this machine.
    [caution] = figures["cautions"]
    assert "LETSBE_LOCAL_WEBHOOKS" in caution


ROLES = {
    "admin_overview": "support",
    "admin_customers": "support",
    "admin_customer": "support",
    "begin_visit": "support",
    "end_visits": "support",
    "admin_servers": "support",
    "admin_server": "support",
    "admin_orders": "support",
    "admin_runs": "support",
    "admin_run": "support",
    "retry_run": "operator",
    "cancel_run": "operator",
    "admin_revoke_key": "operator",
    "admin_enrol_anew": "operator",
    "admin_sign_out": "operator",
    "admin_audit": "support",
    "staff_me": "support",
    "staff_sign_out": "support",
    "staff_list": "support",
    "add_staff": "admin",
    "set_staff_role": "admin",
    "remove_staff": "admin",
}
ORDER = ["support", "operator", "admin"]


def operations() -> list[tuple[str, str, str, Any]]:
    found = []
    for path, methods in api_description()["paths"].items():
        for method, one in methods.items():
            if path.startswith(f"{ADMIN}/"):
                body = one.get("requestBody", {}).get("content", {}).get("application/json", {})
                address = "/".join("x-1" if part.startswith("{") else part for part in path.split("/"))
                found.append((one["operationId"], method.upper(), address, body.get("example")))
    return sorted(found, key=lambda one: one[0] == "staff_sign_out")


@pytest.mark.slow
@pytest.mark.parametrize("role", StaffRole)
async def test_a_role_of_staff_may_do_exactly_this(
    services: Services, clock: FakeClock, role: StaffRole
) -> None:
    member = await new_member(services, clock, role)
    async with staff_browser(services, member) as client:
        for name, method, path, body in operations():
            if name == "begin_visit":
                continue  # refused for want of the owner's word; see below
            answer = await client.request(method, path, json=body)
            is_refused = answer.status_code == 403
            may = ORDER.index(role) >= ORDER.index(ROLES[name])
            assert is_refused != may, (name, answer.status_code, answer.text)
    assert ROLES.keys() == {name for name, *_ in operations()}


async def test_nobody_else_gets_to_staffs_routes(
    services: Services, browser: BrowserClient, owner: Actor
) -> None:
    form = {"email": owner.email, "password": PASSWORD}
    await browser.post("/api/v1/public/sign-in", json=form)
    key = (await services.keys.create(owner, "Till", ["read", "manage"])).key
    transport = httpx.ASGITransport(api_over(services))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as program:
        for _, method, path, body in operations():
            for answer in (
                await browser.request(method, path, json=body),
                await program.request(method, path, json=body, headers={"Authorization": f"Bearer {key}"}),
            ):
                assert answer.status_code == 401, (path, answer.text)


async def test_changes_of_staff_need_origin_and_csrf_token(services: Services, admin: Member) -> None:
    for headers in ({"X-CSRF-Token": "forged"}, {"Origin": "https://evil.example"}):
        async with staff_browser(services, admin) as client:
            for name, method, path, body in operations():
                if method != "GET":
                    answer = await client.request(method, path, json=body, headers=headers)
                    assert answer.status_code == 403, name


async def test_the_last_admin_stays(desk: BrowserClient, admin: Member) -> None:
    form = {"password": STAFF_PASSWORD, "reason": REASON}
    me = f"{ADMIN}/staff/{admin.actor.staff_id}"
    removed = await desk.post(f"{me}/remove", json=form)
    lowered = await desk.put(f"{me}/role", json=form | {"role": "support"})

    assert [removed.status_code, lowered.status_code] == [409, 409]


async def test_who_is_removed_is_out_at_once(
    services: Services, desk: BrowserClient, clock: FakeClock
) -> None:
    other = await new_member(services, clock, StaffRole.SUPPORT, "linus@letsbe.example")
    async with staff_browser(services, other) as client:
        assert (await client.get(f"{ADMIN}/me")).status_code == 200
        form = {"password": STAFF_PASSWORD, "reason": REASON}
        wrong = await desk.post(
            f"{ADMIN}/staff/{other.actor.staff_id}/remove", json=form | {"password": "wrong"}
        )
        right = await desk.post(f"{ADMIN}/staff/{other.actor.staff_id}/remove", json=form)
        assert [wrong.status_code, right.status_code] == [422, 200]
        assert (await client.get(f"{ADMIN}/me")).status_code == 401


@pytest.mark.slow
async def test_acts_on_servers_and_people_need_a_reason_and_the_password(
    services: Services, desk: BrowserClient, browser: BrowserClient, owner: Actor
) -> None:
    await browser.post("/api/v1/public/sign-in", json={"email": owner.email, "password": PASSWORD})
    _, tenant_id = await paid_order(services, owner)
    for path in (
        f"servers/{tenant_id}/key/revoke",
        f"servers/{tenant_id}/enrolment",
        f"people/{owner.user_id}/sign-out",
    ):
        answers = [
            (await desk.post(f"{ADMIN}/{path}", json={"reason": reason, "password": password})).status_code
            for reason, password in (("", STAFF_PASSWORD), (REASON, "wrong"), (REASON, STAFF_PASSWORD))
        ]
        assert answers[:2] == [422, 422], path
        assert answers[2] in (200, 201), path
    assert (await browser.get("/api/v1/customer/me")).status_code == 401
    assert {act.reason for act in (await services.activity.list(owner)).items if act.who == "support"} == {
        REASON
    }


async def test_health_is_what_has_lasted(
    services: Services, desk: BrowserClient, owner: Actor, clock: FakeClock
) -> None:
    _, tenant_id = await paid_order(services, owner)
    async with services.database.write() as session:
        (await session.get_one(Tenant, tenant_id)).status = TenantStatus.ACTIVE
    await services.tenants.record_heartbeat(tenant_id, heartbeat())
    watch = HealthService(services.database, services.relay, clock=clock)

    async def seen() -> tuple[str, bool]:
        [row] = (await desk.get(f"{ADMIN}/servers")).json()["data"]
        return row["health"], row["is_online"]

    await services.relay.presence.renew(tenant_id, "link-1")
    await watch.look()
    assert await seen() == ("well", True)
    await services.relay.presence.release(tenant_id, "link-1")
    await watch.look()
    assert await seen() == ("well", False)
    clock.advance(minutes=4)
    await watch.look()
    assert await seen() == ("offline", False)

"""The header ``Idempotency-Key``: one change, however often it is asked for."""

import asyncio
import hashlib
from collections.abc import AsyncIterator

import httpx
import pytest

from letsbe_app.composition import Services
from letsbe_app.db.models import StaffRole
from letsbe_app.errors import Unavailable
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.requests.service import Asker
from tests.support.api import api_over
from tests.support.api_description import api_description
from tests.support.browser_client import BrowserClient
from tests.support.hub import FakeClock, database_text, new_owner, paid_order
from tests.support.staff import STAFF_PASSWORD, Member, new_member, staff_browser

KEY = {"Idempotency-Key": "5c1f6f0e-try"}


@pytest.fixture
async def conversations(services: Services, browser: BrowserClient) -> str:
    """The address of a signed-in owner's conversations."""
    answer = await browser.sign_up()
    owner = await services.accounts.actor_of(browser.cookies["letsbe_session"])
    assert answer.status_code == 201
    return await _conversations_of(services, owner)


async def _conversations_of(services: Services, owner: Actor) -> str:
    _, tenant_id = await paid_order(services, owner)
    await services.agents.create_defaults(tenant_id)
    return f"/api/v1/customer/tenants/{tenant_id}/conversations"


@pytest.fixture
async def member(services: Services, clock: FakeClock) -> Member:
    return await new_member(services, clock)


@pytest.fixture
async def desk(services: Services, member: Member) -> AsyncIterator[BrowserClient]:
    """The browser of a member of staff."""
    async with staff_browser(services, member) as client:
        yield client


async def start(browser: BrowserClient, path: str, **options: object) -> httpx.Response:
    return await browser.post(path, json={"agent_id": "it-admin"}, headers=KEY, **options)


async def count(browser: BrowserClient, path: str) -> int:
    return len((await browser.get(path)).json()["data"])


async def test_a_second_request_gets_the_first_answer(browser: BrowserClient, conversations: str) -> None:
    first, second = await start(browser, conversations), await start(browser, conversations)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert await count(browser, conversations) == 1


async def test_requests_at_the_same_moment_make_one_change(
    browser: BrowserClient, conversations: str
) -> None:
    answers = await asyncio.gather(*(start(browser, conversations) for _ in range(6)))
    done = [answer for answer in answers if answer.status_code == 201]
    running = [answer for answer in answers if answer.status_code == 409]

    assert len({answer.json()["data"]["id"] for answer in done}) == 1
    assert len(done) + len(running) == 6
    assert {answer.json()["error"]["code"] for answer in running} <= {"idempotency_in_progress"}
    assert await count(browser, conversations) == 1


async def test_the_same_key_with_another_body_is_refused(browser: BrowserClient, conversations: str) -> None:
    await start(browser, conversations)
    answer = await browser.post(conversations, json={"agent_id": "sales"}, headers=KEY)

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert await count(browser, conversations) == 1


async def test_the_same_key_at_another_address_is_refused(browser: BrowserClient, conversations: str) -> None:
    await start(browser, conversations)
    answer = await browser.post("/api/v1/customer/orders", headers=KEY)

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "idempotency_key_reused")


async def test_refusals_of_the_change_itself_are_kept_too(browser: BrowserClient, conversations: str) -> None:
    answers = [await browser.post(conversations, json={"agent_id": "nobody"}, headers=KEY) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[1].headers["idempotency-replayed"] == "true"


async def test_bodies_that_cannot_be_read_do_not_use_the_key_up(
    browser: BrowserClient, conversations: str
) -> None:
    wrong = await browser.post(conversations, json={}, headers=KEY)
    right = await start(browser, conversations)

    assert (wrong.status_code, right.status_code) == (422, 201)


async def test_keys_of_two_customers_have_nothing_to_do_with_each_other(
    services: Services, browser: BrowserClient, conversations: str
) -> None:
    first = await start(browser, conversations)
    transport = httpx.ASGITransport(api_over(services))
    async with BrowserClient(transport) as other:
        await other.sign_up("eve@other.example")
        stranger = await services.accounts.actor_of(other.cookies["letsbe_session"])
        second = await start(other, await _conversations_of(services, stranger))
        theft = await start(other, conversations)

    assert second.json()["data"]["id"] != first.json()["data"]["id"]
    assert theft.status_code == 422


async def test_an_answer_is_told_only_to_who_may_change(browser: BrowserClient, conversations: str) -> None:
    await start(browser, conversations)
    forged = {**KEY, "X-CSRF-Token": "forged"}
    elsewhere = {**KEY, "Origin": "https://evil.example"}
    for headers in (forged, elsewhere):
        answer = await browser.post(conversations, json={"agent_id": "it-admin"}, headers=headers)
        assert answer.status_code == 403
    browser.cookies.clear()

    assert (await start(browser, conversations)).status_code == 401


async def test_after_a_day_the_key_is_free_again(
    browser: BrowserClient, conversations: str, clock: FakeClock
) -> None:
    await start(browser, conversations)
    clock.advance(hours=24, seconds=1)
    await start(browser, conversations)

    assert await count(browser, conversations) == 2


async def test_a_worker_that_died_is_waited_for_and_then_followed(
    services: Services, browser: BrowserClient, conversations: str, clock: FakeClock
) -> None:
    begin = services.requests.begin

    async def killed(*arguments: object) -> object:
        await begin(*arguments)  # type: ignore[arg-type]
        raise Unavailable("The worker is gone.")

    services.requests.begin = killed  # type: ignore[assignment, method-assign]
    assert (await start(browser, conversations)).status_code == 503
    services.requests.begin = begin  # type: ignore[method-assign]
    waiting = await start(browser, conversations)
    clock.advance(seconds=61)
    answers = [await start(browser, conversations) for _ in range(2)]

    assert (waiting.status_code, waiting.headers["retry-after"]) == (409, "1")
    assert [answer.status_code for answer in answers] == [201, 201]
    assert await count(browser, conversations) == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "\x07"])
async def test_a_key_has_a_form(browser: BrowserClient, conversations: str, key: str) -> None:
    answer = await browser.post(
        conversations, json={"agent_id": "it-admin"}, headers={"Idempotency-Key": key.encode()}
    )

    assert answer.status_code == 422
    assert answer.json()["error"]["details"][0]["field"] == "Idempotency-Key"


async def test_kept_answers_are_sealed(
    services: Services, browser: BrowserClient, conversations: str
) -> None:
    started = (await start(browser, conversations)).json()["data"]["id"]
    text = await database_text(services)
    rows = [line for line in text.splitlines() if "idm_" in line]

    assert len(rows) == 1
    assert started not in rows[0]


@pytest.mark.slow
async def test_every_change_of_a_customer_and_of_staff_takes_a_key(
    browser: BrowserClient, desk: BrowserClient
) -> None:
    await _check_that_changes_take_a_key(browser, "/api/v1/customer/", at_least=31)
    await _check_that_changes_take_a_key(desk, "/api/v1/admin/", at_least=9)


async def _check_that_changes_take_a_key(caller: BrowserClient, prefix: str, *, at_least: int) -> None:
    paths = api_description()["paths"]
    changes = [
        (method, path)
        for path, methods in paths.items()
        if path.startswith(prefix)
        for method, operation in methods.items()
        if method in {"post", "put", "patch", "delete"} and operation.get("x-answer-kept", True)
    ]
    assert len(changes) >= at_least
    for method, path in changes:
        answer = await caller.request(method.upper(), path, json={}, headers={"Idempotency-Key": "a b"})
        assert answer.status_code == 422, (method, path)
        assert answer.json()["error"]["details"][0]["field"] == "Idempotency-Key"


async def test_what_is_kept_of_a_request_is_keyed(
    services: Services, browser: BrowserClient, conversations: str
) -> None:
    await start(browser, conversations)
    body = b'{"agent_id":"it-admin"}'
    plain = hashlib.sha256(f"POST {conversations}?\n".encode() + body).hexdigest()

    stored = await database_text(services)
    assert "idm_" in stored
    assert plain not in stored


CARE = {"password": STAFF_PASSWORD, "reason": "The server was restored from a backup."}


async def enrol_anew(desk: BrowserClient, tenant_id: str, **changes: str) -> httpx.Response:
    path = f"/api/v1/admin/servers/{tenant_id}/enrolment"
    return await desk.post(path, json=CARE | changes, headers=KEY)


async def test_a_second_request_of_staff_gets_the_first_answer(
    services: Services, desk: BrowserClient
) -> None:
    _, tenant_id = await paid_order(services, await new_owner(services))
    first, second = await enrol_anew(desk, tenant_id), await enrol_anew(desk, tenant_id)
    other = await enrol_anew(desk, tenant_id, reason="It was restored from yesterday's backup.")

    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 422)
    assert second.json() == first.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert other.json()["error"]["code"] == "idempotency_key_reused"
    assert first.json()["data"]["token"] not in await database_text(services)


async def test_an_answer_of_staff_is_told_only_to_who_asked_and_still_may(
    services: Services, desk: BrowserClient, clock: FakeClock
) -> None:
    owner = await new_owner(services)
    _, tenant_id = await paid_order(services, owner)
    other = await new_member(services, clock, StaffRole.OPERATOR, "linus@letsbe.example")
    async with staff_browser(services, other) as client:
        first = await enrol_anew(client, tenant_id)
        own = await enrol_anew(desk, tenant_id)
        address = f"/api/v1/admin/staff/{other.actor.staff_id}/role"
        lowered = await desk.put(address, json=CARE | {"role": "support"})
        refused = await enrol_anew(client, tenant_id)

    assert (first.status_code, own.status_code, lowered.status_code) == (201, 201, 200)
    assert own.json()["data"]["token"] != first.json()["data"]["token"]
    assert refused.status_code == 403


async def test_keys_of_staff_are_free_again_after_a_day(
    services: Services, member: Member, clock: FakeClock
) -> None:
    asker = Asker.of_staff(member.actor)
    await services.requests.begin(asker, "earlier", b"")
    clock.advance(hours=24, seconds=1)
    await services.requests.begin(asker, "later", b"")
    rows = [line for line in (await database_text(services)).splitlines() if "idm_" in line]

    assert len(rows) == 1

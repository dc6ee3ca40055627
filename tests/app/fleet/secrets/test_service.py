"""Secrets past the hub: asked, done by the server, told; nothing kept that should not be."""

import asyncio
import base64
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from letsbe_app.composition import Services
from letsbe_app.db.models import UserRole
from letsbe_app.errors import Forbidden, InvalidInput, NotFound, Unavailable
from letsbe_app.fleet.secrets.schemas import Provided
from letsbe_app.people.accounts.schemas import Proof
from letsbe_app.people.authz.actor import Actor
from tenant_daemon.contracts.secrets import (
    CanarySeen,
    SecretAnswered,
    SecretChange,
    SecretsListed,
    SecretSummary,
)
from tests.support.hub import PASSWORD, FakeClock, database_text, paid_order

BOX = base64.b64encode(b"only-the-server-can-open-this").decode()
KEY = base64.b64encode(b"k" * 32).decode()


@pytest.fixture
async def tenant_id(services: Services, owner: Actor) -> str:
    _, tenant_id = await paid_order(services, owner)
    await services.relay.presence.renew(tenant_id, "link-1")
    return tenant_id


async def waiting(services: Services, tenant_id: str) -> list[dict[str, object]]:
    async with services.database.read() as session:
        rows = await services.relay.outbox.waiting(session, tenant_id, 100)
    return [row.payload for row in rows if row.kind.startswith("secret.")]


async def reveal(services: Services, owner: Actor, tenant_id: str) -> str:
    view = await services.secrets.reveal(owner, tenant_id, "shop-key", proof=Proof(PASSWORD), public_key=KEY)
    return view.id


async def test_provided_box_goes_to_the_server_and_is_kept_nowhere(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    view = await services.secrets.provide(owner, tenant_id, Provided("shop-key", BOX, note="the shop"))
    [message] = await waiting(services, tenant_id)
    assert (message["sealed"], message["request_id"], message["asked_by"]) == (BOX, view.id, owner.user_id)

    async with services.database.write() as session:
        rows = await services.relay.outbox.waiting(session, tenant_id, 100)
        await services.relay.outbox.confirm(session, tenant_id, [row.id for row in rows])
    await services.secrets.settle(tenant_id, SecretAnswered(request_id=view.id, is_done=True))

    assert (await services.secrets.request(owner, view.id)).status == "done"
    assert BOX not in await database_text(services)


async def test_server_that_is_away_gets_nothing(services: Services, owner: Actor) -> None:
    _, tenant_id = await paid_order(services, owner)

    with pytest.raises(Unavailable):
        await services.secrets.provide(owner, tenant_id, Provided("shop-key", BOX))
    assert await waiting(services, tenant_id) == []


async def test_what_the_server_does_not_fetch_is_taken_back(
    services: Services, owner: Actor, tenant_id: str, clock: FakeClock
) -> None:
    view = await services.secrets.provide(owner, tenant_id, Provided("shop-key", BOX))

    clock.advance(minutes=6)
    await services.secrets.list(owner, tenant_id)

    assert await waiting(services, tenant_id) == []
    assert (await services.secrets.request(owner, view.id)).status == "expired"


async def test_reveal_is_handed_out_once(services: Services, owner: Actor, tenant_id: str) -> None:
    request_id = await reveal(services, owner, tenant_id)
    with pytest.raises(NotFound):
        await services.secrets.take(owner, request_id)
    await services.secrets.settle(tenant_id, SecretAnswered(request_id=request_id, is_done=True, sealed=BOX))

    assert await services.secrets.take(owner, request_id) == BOX
    with pytest.raises(NotFound):
        await services.secrets.take(owner, request_id)
    assert BOX not in await database_text(services)


async def test_of_many_who_take_a_box_at_once_one_gets_it(services: Services) -> None:
    boxes = services.secrets._boxes
    await boxes.put("sec_1", BOX, 60)
    taken = await asyncio.gather(*[boxes.take("sec_1") for _ in range(20)])
    assert sorted(map(str, taken)) == sorted([BOX, *["None"] * 19])


async def test_late_reveal_is_thrown_away(
    services: Services, owner: Actor, tenant_id: str, clock: FakeClock
) -> None:
    late, slow = await reveal(services, owner, tenant_id), await reveal(services, owner, tenant_id)
    await services.secrets.settle(tenant_id, SecretAnswered(request_id=slow, is_done=True, sealed=BOX))
    clock.advance(seconds=61)
    await services.secrets.settle(tenant_id, SecretAnswered(request_id=late, is_done=True, sealed=BOX))

    for request_id in (late, slow):
        with pytest.raises(NotFound):
            await services.secrets.take(owner, request_id)


async def test_reveal_takes_the_password(services: Services, owner: Actor, tenant_id: str) -> None:
    wrong = Proof("a wrong one")
    with pytest.raises(InvalidInput, match="not your password"):
        await services.secrets.reveal(owner, tenant_id, "shop-key", proof=wrong, public_key=KEY)
    assert await waiting(services, tenant_id) == []


@pytest.mark.parametrize("role", [UserRole.APPROVER, UserRole.MEMBER, UserRole.READ_ONLY])
async def test_only_owners_may(services: Services, owner: Actor, tenant_id: str, role: UserRole) -> None:
    other = replace(owner, role=role)
    with pytest.raises(Forbidden):
        await services.secrets.provide(other, tenant_id, Provided("shop-key", BOX))
    with pytest.raises(Forbidden):
        await services.secrets.change(other, tenant_id, "shop-key", SecretChange.DELETE)
    with pytest.raises(Forbidden):
        await reveal(services, other, tenant_id)


async def test_another_customer_sees_and_does_nothing(
    services: Services, owner: Actor, stranger: Actor, tenant_id: str
) -> None:
    request_id = await reveal(services, owner, tenant_id)
    await services.secrets.settle(tenant_id, SecretAnswered(request_id=request_id, is_done=True, sealed=BOX))
    seen = CanarySeen(alarm_id="cny_1", name="old-key", door="log", seen_at=owner_time(services))
    await services.secrets.record_alarm(tenant_id, seen)

    for attempt in (
        services.secrets.list(stranger, tenant_id),
        services.secrets.provide(stranger, tenant_id, Provided("shop-key", BOX)),
        services.secrets.change(stranger, tenant_id, "shop-key", SecretChange.ROTATE),
        reveal(services, stranger, tenant_id),
        services.secrets.request(stranger, request_id),
        services.secrets.take(stranger, request_id),
        services.secrets.acknowledge(stranger, "cny_1"),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await services.secrets.take(owner, request_id) == BOX


async def test_another_server_cannot_answer(
    services: Services, owner: Actor, stranger: Actor, tenant_id: str
) -> None:
    _, strange_tenant_id = await paid_order(services, stranger)
    request_id = await reveal(services, owner, tenant_id)

    with pytest.raises(NotFound):
        await services.secrets.settle(
            strange_tenant_id, SecretAnswered(request_id=request_id, is_done=True, sealed=BOX)
        )


async def test_list_is_the_newest_one(services: Services, owner: Actor, tenant_id: str) -> None:
    now = owner_time(services)
    one = SecretSummary(name="shop-key", version=1, changed_at=now)
    await services.secrets.record_list(tenant_id, SecretsListed(secrets=[one]))
    two = SecretSummary(name="mail-key", version=3, changed_at=now, used_at=now, used_by="agent:sales")
    await services.secrets.record_list(tenant_id, SecretsListed(secrets=[two], sealing_public_key=KEY))

    view = await services.secrets.list(owner, tenant_id)

    assert view.sealing_public_key == KEY
    assert [(one.name, one.version, one.used_by) for one in view.secrets] == [("mail-key", 3, "agent:sales")]


async def test_alarm_is_kept_once_until_somebody_has_seen_it(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    seen = CanarySeen(
        alarm_id="cny_1",
        name="old-key",
        door="log",
        seen_at=owner_time(services),
        agent_id="sales",
        conversation_id="cnv_1",
    )
    await services.secrets.record_alarm(tenant_id, seen)
    await services.secrets.record_alarm(tenant_id, seen)

    [alarm] = (await services.secrets.list(owner, tenant_id)).alarms
    assert (alarm.name, alarm.door, alarm.is_open) == ("old-key", "log", True)
    assert (alarm.agent_id, alarm.conversation_id) == ("sales", "cnv_1")

    await services.secrets.acknowledge(owner, "cny_1")
    assert (await services.secrets.list(owner, tenant_id)).alarms == []


async def test_server_too_old_for_it_is_told_in_words(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    view = await services.secrets.change(owner, tenant_id, "shop-key", SecretChange.ROTATE)

    await services.secrets.undeliverable(tenant_id, view.id)

    after = await services.secrets.request(owner, view.id)
    assert after.status == "refused"
    assert "too old" in after.detail


@pytest.mark.parametrize("name", ["", "Shop", "a", "x" * 64, "shop key", "../etc"])
async def test_odd_names_are_refused(services: Services, owner: Actor, tenant_id: str, name: str) -> None:
    with pytest.raises(InvalidInput):
        await services.secrets.provide(owner, tenant_id, Provided(name, BOX))


def owner_time(services: Services) -> datetime:
    return services.secrets._clock() - timedelta(seconds=1)

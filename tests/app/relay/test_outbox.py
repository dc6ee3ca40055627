"""Durable messages to daemons."""

import pytest

from letsbe_app.composition import Services
from letsbe_app.people.authz.actor import Actor
from letsbe_app.relay.outbox import Outbox
from tenant_daemon.contracts.chat import StopRun
from tests.support.hub import new_content, paid_order


@pytest.fixture
async def tenants(services: Services, owner: Actor, stranger: Actor) -> tuple[str, str]:
    return (await paid_order(services, owner))[1], (await paid_order(services, stranger))[1]


def stop(conversation_id: str) -> StopRun:
    return StopRun(conversation_id=conversation_id)


async def test_messages_come_back_in_order_until_they_are_confirmed(
    services: Services, tenants: tuple[str, str]
) -> None:
    outbox, (tenant, other) = Outbox(new_content()), tenants
    async with services.database.write() as session:
        ids = [await outbox.put(session, tenant, stop(name)) for name in ("a", "b", "c")]
        await outbox.put(session, other, stop("x"))
    async with services.database.write() as session:
        assert [one.payload["conversation_id"] for one in await outbox.waiting(session, tenant, 2)] == [
            "a",
            "b",
        ]
        done = await outbox.confirm(session, tenant, [ids[1], "out_unknown"])
        assert [(one.id, one.kind) for one in done] == [(ids[1], "chat.stop")]
    async with services.database.read() as session:
        assert [one.id for one in await outbox.waiting(session, tenant, 9)] == [ids[0], ids[2]]
        assert (await outbox.count(session, tenant), await outbox.count(session, other)) == (2, 1)


async def test_another_server_cannot_confirm_it(services: Services, tenants: tuple[str, str]) -> None:
    outbox, (tenant, other) = Outbox(new_content()), tenants
    async with services.database.write() as session:
        message_id = await outbox.put(session, tenant, stop("a"))
        assert await outbox.confirm(session, other, [message_id]) == []
        assert await outbox.count(session, tenant) == 1


async def test_message_of_a_failed_unit_of_work_was_never_there(
    services: Services, tenants: tuple[str, str]
) -> None:
    outbox, (tenant, _) = Outbox(new_content()), tenants

    async def fail_after_putting() -> None:
        async with services.database.write() as session:
            await outbox.put(session, tenant, stop("a"))
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        await fail_after_putting()
    async with services.database.read() as session:
        assert await outbox.count(session, tenant) == 0

"""The hub's own audit."""

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import delete, select, update

from letsbe_app.composition import Services
from letsbe_app.db.models import AuditEntry
from letsbe_app.people.audit.service import SYSTEM, record_act, tenant_actor
from letsbe_app.people.authz.actor import Actor


async def test_an_entry_says_who_did_what(services: Services, owner: Actor) -> None:
    async with services.database.write() as session:
        record_act(session, owner, "order.placed", subject="ord_1", plan_id="lite")
        record_act(session, SYSTEM, "order.paid", subject="ord_1", customer_id=owner.customer_id)

    async with services.database.read() as session:
        entries = (await session.exec(select(AuditEntry).where(AuditEntry.subject == "ord_1"))).all()
    assert {(entry.actor, entry.action, entry.customer_id) for entry in entries} == {
        (owner.user_id, "order.placed", owner.customer_id),
        ("system", "order.paid", owner.customer_id),
    }
    assert {"plan_id": "lite"} in [entry.detail for entry in entries]


async def test_no_act_no_entry(services: Services, owner: Actor) -> None:
    async def fail() -> None:
        async with services.database.write() as session:
            record_act(session, owner, "order.placed", subject="ord_1")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        await fail()

    async with services.database.read() as session:
        assert not (await session.exec(select(AuditEntry).where(AuditEntry.subject == "ord_1"))).all()


async def test_what_stands_there_stays(services: Services, owner: Actor) -> None:
    async with services.database.write() as session:
        record_act(session, owner, "order.placed", subject="ord_1")
    for statement in (update(AuditEntry).values(action="nothing"), delete(AuditEntry)):
        with pytest.raises(DBAPIError, match="only added"):
            async with services.database.write() as session:
                await session.exec(statement)

    async with services.database.read() as session:
        entries = (await session.exec(select(AuditEntry.action))).all()
    assert "order.placed" in entries


def test_a_server_is_named_as_one() -> None:
    assert tenant_actor("ten_1") == "tenant:ten_1"

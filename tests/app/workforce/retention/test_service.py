"""What is too old is deleted, and nothing else."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.composition import Services
from letsbe_app.db.models import UserRole
from letsbe_app.errors import Forbidden, InvalidInput, NotFound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.workforce.conversations.removal import remove_messages_before
from letsbe_app.workforce.retention import service as retention
from tests.support.hub import FakeClock

Outbox = Callable[[str], Awaitable[list[dict[str, Any]]]]


async def said(services: Services, owner: Actor, conversation_id: str, tenant_id: str, text: str) -> str:
    message = await services.conversations.send(owner, conversation_id, text)
    async with services.database.write() as session:
        await services.runs.delivered(session, tenant_id, [message.id])
    return message.id


async def test_nothing_goes_until_the_owner_says_so(
    services: Services, owner: Actor, tenant_id: str, conversation_id: str, clock: FakeClock
) -> None:
    await said(services, owner, conversation_id, tenant_id, "old")
    clock.advance(days=4000)
    assert await services.retention.sweep() == 0
    assert (await services.retention.get(owner)).days is None


async def test_what_is_older_goes_and_what_is_newer_stays(
    services: Services,
    owner: Actor,
    stranger: Actor,
    tenant_id: str,
    strange_tenant_id: str,
    conversation_id: str,
    clock: FakeClock,
    waiting: Outbox,
) -> None:
    await services.retention.set(owner, 30)
    strange = (await services.conversations.start(stranger, strange_tenant_id, "sales")).id
    await said(services, stranger, strange, strange_tenant_id, "not mine")
    forgotten = (await services.conversations.start(owner, tenant_id, "sales")).id
    await said(services, owner, forgotten, tenant_id, "long ago")
    await said(services, owner, conversation_id, tenant_id, "old")
    clock.advance(days=29)
    await said(services, owner, conversation_id, tenant_id, "new")
    assert await services.retention.sweep() == 0
    clock.advance(days=2)
    assert await services.retention.sweep() == 2

    page = await services.conversations.messages(owner, conversation_id)
    assert [message.text for message in page.items] == ["new"]
    with pytest.raises(NotFound):
        await services.conversations.get(owner, forgotten)
    assert (await waiting(tenant_id))[-1]["conversation_id"] == forgotten
    assert (await waiting(tenant_id))[-1]["kind"] == "chat.forget"
    assert len((await services.conversations.messages(stranger, strange)).items) == 1
    assert await services.retention.sweep() == 0


async def test_a_server_that_fails_keeps_no_other(
    services: Services,
    owner: Actor,
    stranger: Actor,
    tenant_id: str,
    strange_tenant_id: str,
    conversation_id: str,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    strange = (await services.conversations.start(stranger, strange_tenant_id, "sales")).id
    for actor, conversation, tenant in (
        (owner, conversation_id, tenant_id),
        (stranger, strange, strange_tenant_id),
    ):
        await services.retention.set(actor, 30)
        await said(services, actor, conversation, tenant, "old")
    clock.advance(days=31)
    failing = min(tenant_id, strange_tenant_id)

    async def remove(session: AsyncSession, tenant: str, moment: datetime) -> int:
        if tenant == failing:
            raise RuntimeError("an odd row")
        return await remove_messages_before(session, tenant, moment)

    monkeypatch.setattr(retention, "remove_messages_before", remove)
    with pytest.raises(RuntimeError, match="odd row"):
        await services.retention.sweep()

    monkeypatch.undo()
    assert await services.retention.sweep() == 1


async def test_message_that_still_waits_for_the_server_stays(
    services: Services, owner: Actor, conversation_id: str, clock: FakeClock
) -> None:
    await services.retention.set(owner, 30)
    await services.conversations.send(owner, conversation_id, "waits")
    clock.advance(days=60)
    assert await services.retention.sweep() == 0
    assert len((await services.conversations.messages(owner, conversation_id)).items) == 1


async def test_only_owners_set_it_to_a_choice(services: Services, owner: Actor) -> None:
    with pytest.raises(InvalidInput):
        await services.retention.set(owner, 7)
    with pytest.raises(Forbidden):
        await services.retention.set(replace(owner, role=UserRole.APPROVER), 30)
    assert (await services.retention.set(owner, None)).days is None

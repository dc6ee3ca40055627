"""Changes: reported by servers, put back at a person's wish, settled by servers."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from letsbe_app.composition import Services
from letsbe_app.db.models import AuditEntry, UserRole
from letsbe_app.errors import Conflict, Forbidden, NotFound
from letsbe_app.people.authz.actor import Actor
from tenant_daemon.contracts.changes import ChangeKind, ChangeRecorded, ChangeSettled
from tests.support.hub import FakeClock, database_text

Outbox = Callable[[str], Awaitable[list[dict[str, object]]]]


@pytest.fixture
def made(clock: FakeClock, conversation_id: str) -> ChangeRecorded:
    return ChangeRecorded(
        change_id="chg_1",
        conversation_id=conversation_id,
        agent_id="it-admin",
        tool_call_id="tc1",
        change=ChangeKind.CHANGED,
        path="post.md",
        diff="-a\n+b\n",
        created_at=clock(),
        undo_until=clock() + timedelta(days=7),
    )


def settled(clock: FakeClock, *, is_undone: bool = True, **more: object) -> ChangeSettled:
    return ChangeSettled.model_validate(
        {"change_id": "chg_1", "is_undone": is_undone, "settled_at": clock(), **more}
    )


async def test_change_is_kept_once_and_listed(
    services: Services, owner: Actor, tenant_id: str, made: ChangeRecorded
) -> None:
    await services.changes.record(tenant_id, made)
    await services.changes.record(tenant_id, made)

    [view] = (await services.changes.list(owner, conversation_id=made.conversation_id)).items

    assert view == await services.changes.get(owner, "chg_1")
    assert (view.path, view.status, view.can_undo, view.is_by_person) == ("post.md", "made", True, False)


async def test_undo_is_a_wish_until_the_server_reports(
    services: Services,
    owner: Actor,
    tenant_id: str,
    made: ChangeRecorded,
    clock: FakeClock,
    waiting: Outbox,
) -> None:
    await services.changes.record(tenant_id, made)

    asked = await services.changes.undo(owner, "chg_1")
    assert (asked.status, asked.can_undo) == ("undoing", False)
    with pytest.raises(Conflict, match="already"):
        await services.changes.undo(owner, "chg_1")
    [wish] = await waiting(tenant_id)
    assert (wish["kind"], wish["change_id"], wish["requested_by"]) == ("change.undo", "chg_1", owner.user_id)

    await services.changes.settle(tenant_id, settled(clock))
    await services.changes.settle(tenant_id, settled(clock, is_undone=False, detail="late"))
    assert (await services.changes.get(owner, "chg_1")).status == "undone"
    async with services.database.read() as session:
        acts = (await session.exec(select(AuditEntry.action))).all()
    assert {"change.undo_requested", "change.settled"} <= set(acts)


async def test_refusal_says_why_and_may_be_tried_again_where_that_can_help(
    services: Services, owner: Actor, tenant_id: str, made: ChangeRecorded, clock: FakeClock
) -> None:
    await services.changes.record(tenant_id, made)
    await services.changes.undo(owner, "chg_1")
    await services.changes.settle(
        tenant_id, settled(clock, is_undone=False, is_final=False, detail="The disk is full.")
    )
    again = await services.changes.get(owner, "chg_1")
    assert (again.can_undo, again.detail) == (True, "The disk is full.")

    await services.changes.undo(owner, "chg_1")
    await services.changes.settle(tenant_id, settled(clock, is_undone=False, detail="Changed since."))
    with pytest.raises(Conflict, match="Changed since"):
        await services.changes.undo(owner, "chg_1")


async def test_after_seven_days_it_is_too_late(
    services: Services, owner: Actor, tenant_id: str, made: ChangeRecorded, clock: FakeClock
) -> None:
    await services.changes.record(tenant_id, made)
    clock.advance(days=7, seconds=1)

    with pytest.raises(Conflict, match="seven days"):
        await services.changes.undo(owner, "chg_1")


async def test_others_neither_see_nor_undo_it(
    services: Services,
    owner: Actor,
    stranger: Actor,
    tenant_id: str,
    strange_tenant_id: str,
    made: ChangeRecorded,
    clock: FakeClock,
) -> None:
    await services.changes.record(tenant_id, made)

    assert (await services.changes.list(stranger)).items == []
    with pytest.raises(NotFound):
        await services.changes.undo(stranger, "chg_1")
    with pytest.raises(Forbidden):
        await services.changes.undo(replace(owner, role=UserRole.MEMBER), "chg_1")
    with pytest.raises(Conflict):
        await services.changes.record(strange_tenant_id, made)
    with pytest.raises(NotFound):
        await services.changes.settle(strange_tenant_id, settled(clock))


async def test_conversation_of_another_customer_is_not_claimed(
    services: Services, stranger: Actor, strange_tenant_id: str, made: ChangeRecorded
) -> None:
    await services.changes.record(strange_tenant_id, made)

    assert (await services.changes.get(stranger, "chg_1")).conversation_id is None


async def test_what_a_change_says_is_sealed_where_it_lies(
    services: Services, owner: Actor, tenant_id: str, made: ChangeRecorded, clock: FakeClock
) -> None:
    told = made.model_copy(
        update={"path": "staff/warnings.md", "moved_from": "staff/old.md", "diff": "-fired\n+hired\n"}
    )
    await services.changes.record(tenant_id, told)
    kept = settled(clock, is_undone=False, is_final=True, detail="the folder is gone")
    await services.changes.settle(tenant_id, kept)
    text = await database_text(services)

    view = await services.changes.get(owner, "chg_1")
    assert (view.path, view.moved_from, view.diff) == (told.path, told.moved_from, told.diff)
    assert view.detail == "the folder is gone"
    assert not [one for one in ("warnings.md", "old.md", "fired", "folder is gone") if one in text]
    archive = b"".join([piece async for piece in await services.privacy.export(owner)]).decode()
    assert "staff/warnings.md" in archive

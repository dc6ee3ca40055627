"""Changes: reported by servers, put back at a person's wish, settled by servers."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from letsbe_app.composition import Services
from letsbe_app.db.models import AuditEntry, UserRole
from letsbe_app.errors import Conflict, Forbidden, InvalidInput, NotFound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.workforce.changes.service import MOST_AT_ONCE
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


async def several(
    services: Services, tenant_id: str, made: ChangeRecorded, clock: FakeClock, count: int, **more: object
) -> list[str]:
    """So many changes of one call, one after the other; their ids, oldest first."""
    ids = []
    for number in range(count):
        clock.advance(seconds=1)
        change_id = f"chg_{more.get('tool_call_id', made.tool_call_id)}_{len(str(more))}_{number:03}"
        new = {"change_id": change_id, "path": f"{number}.md", "created_at": clock()} | more
        await services.changes.record(tenant_id, made.model_copy(update=new))
        ids.append(change_id)
    return ids


@pytest.mark.slow
async def test_all_that_a_call_changed_is_undone_at_once_and_the_newest_first(
    services: Services,
    owner: Actor,
    tenant_id: str,
    made: ChangeRecorded,
    clock: FakeClock,
    waiting: Outbox,
) -> None:
    ids = await several(services, tenant_id, made, clock, 60)
    await several(services, tenant_id, made, clock, 2, tool_call_id="another")
    [large] = await several(services, tenant_id, made, clock, 1, can_undo=False)
    put_back = await several(services, tenant_id, made, clock, 1, made_by="usr_1", undoes=ids[0])

    shown = {view.id: view for view in (await services.changes.list(owner, limit=100)).items}
    assert (shown[ids[0]].open_beside, shown[large].open_beside) == (59, 60)
    assert shown[put_back[0]].open_beside == 0
    plan = await services.changes.plan(owner, ids[7])
    assert [view.id for view in plan.changes] == ids[::-1]
    assert ([view.id for view in plan.left], plan.is_cut) == ([large], False)

    outcomes = await services.changes.undo_all(owner, [*ids, large, "chg_nobodys"])

    assert [one.is_asked for one in outcomes] == [True] * 60 + [False, False]
    assert [one.problem for one in outcomes[60:]] == [
        "The file was too large to keep a copy of how it was.",
        "There is no such change.",
    ]
    assert [wish["change_id"] for wish in await waiting(tenant_id)] == ids[::-1]
    again = await services.changes.undo_all(owner, ids[:1])
    assert again[0].problem == "Your server is putting this back already."


async def test_other_calls_of_the_answer_may_be_undone_along(
    services: Services, owner: Actor, tenant_id: str, made: ChangeRecorded, clock: FakeClock
) -> None:
    first = await several(services, tenant_id, made, clock, 2)
    second = await several(services, tenant_id, made, clock, 2, tool_call_id="tc2")
    await several(services, tenant_id, made, clock, 2, tool_call_id="tc2", agent_id="sales")

    plan = await services.changes.plan(owner, first[0], {"tc1", "tc2"})

    assert [view.id for view in plan.changes] == [*second[::-1], *first[::-1]]


async def test_nobody_else_undoes_several(
    services: Services,
    owner: Actor,
    stranger: Actor,
    tenant_id: str,
    made: ChangeRecorded,
    clock: FakeClock,
    waiting: Outbox,
) -> None:
    ids = await several(services, tenant_id, made, clock, 2)

    with pytest.raises(NotFound):
        await services.changes.plan(stranger, ids[0])
    assert not any(one.is_asked for one in await services.changes.undo_all(stranger, ids))
    with pytest.raises(Forbidden):
        await services.changes.undo_all(replace(owner, role=UserRole.MEMBER), ids)
    with pytest.raises(InvalidInput):
        await services.changes.undo_all(owner, [f"chg_{number}" for number in range(MOST_AT_ONCE + 1)])
    assert await waiting(tenant_id) == []

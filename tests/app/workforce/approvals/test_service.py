"""Approvals: asked by servers, decided by people, settled by servers."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from letsbe_app.composition import Services
from letsbe_app.db.models import AuditEntry, UserRole
from letsbe_app.errors import Conflict, Forbidden, InvalidInput, NotFound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.workforce.approvals.schemas import Choice
from tenant_daemon.contracts.approvals import (
    ApprovalCarriedOut,
    ApprovalForgotten,
    ApprovalRequested,
    ApprovalSettledReport,
    ApprovalStatus,
    Verdict,
)
from tenant_daemon.contracts.tiers import Tier
from tests.support.hub import FakeClock, database_text

Outbox = Callable[[str], Awaitable[list[dict[str, object]]]]


@pytest.fixture
def asked(clock: FakeClock, conversation_id: str) -> ApprovalRequested:
    return ApprovalRequested(
        approval_id="apr_1",
        conversation_id=conversation_id,
        agent_id="it-admin",
        tool_call_id="tc1",
        tool_name="shell",
        tier=Tier.RED,
        is_external=False,
        summary="Delete the folder old.",
        reason="rm -r removes a folder for good.",
        argv=["rm", "-r", "old"],
        tool_args={"command": "rm -r old"},
        call_digest="d1",
        created_at=clock(),
        expires_at=clock() + timedelta(hours=24),
    )


def report(clock: FakeClock, status: ApprovalStatus = ApprovalStatus.APPROVED) -> ApprovalSettledReport:
    return ApprovalSettledReport(approval_id="apr_1", status=status, settled_at=clock())


async def test_request_is_kept_once_and_shown(
    services: Services, owner: Actor, tenant_id: str, asked: ApprovalRequested
) -> None:
    await services.approvals.request(tenant_id, asked)
    await services.approvals.request(tenant_id, asked)
    page = await services.approvals.list_open(owner)
    [view] = page.items
    assert view == await services.approvals.get(owner, "apr_1")
    assert (view.tier, view.argv, view.is_open, view.conversation_id) == (
        "RED",
        ["rm", "-r", "old"],
        True,
        asked.conversation_id,
    )


async def test_first_decision_wins_and_stays_a_wish_until_the_server_reports(
    services: Services,
    owner: Actor,
    tenant_id: str,
    asked: ApprovalRequested,
    clock: FakeClock,
    waiting: Outbox,
) -> None:
    await services.approvals.request(tenant_id, asked)
    decided = await services.approvals.decide(owner, "apr_1", Choice(Verdict.APPROVE))
    assert (decided.status, decided.verdict, decided.is_open) == ("pending", "approve", False)
    with pytest.raises(Conflict):
        await services.approvals.decide(owner, "apr_1", Choice(Verdict.DENY, "no"))
    [order] = await waiting(tenant_id)
    assert (order["kind"], order["verdict"], order["decided_by"]) == (
        "approval.decided",
        "approve",
        owner.user_id,
    )
    await services.approvals.settle(tenant_id, report(clock))
    await services.approvals.settle(tenant_id, report(clock, ApprovalStatus.EXPIRED))
    [view] = (await services.approvals.list_settled(owner)).items
    assert view.status == "approved"
    assert (await services.approvals.list_open(owner)).items == []


async def test_every_step_is_audited(
    services: Services, owner: Actor, tenant_id: str, asked: ApprovalRequested, clock: FakeClock
) -> None:
    await services.approvals.request(tenant_id, asked)
    await services.approvals.decide(owner, "apr_1", Choice(Verdict.DENY, "not today"))
    await services.approvals.settle(tenant_id, report(clock, ApprovalStatus.DENIED))
    async with services.database.read() as session:
        rows = (await session.exec(select(AuditEntry).where(AuditEntry.subject == "apr_1"))).all()
    assert sorted((row.action, row.actor) for row in rows) == [
        ("approval.decided", owner.user_id),
        ("approval.requested", f"tenant:{tenant_id}"),
        ("approval.settled", f"tenant:{tenant_id}"),
    ]
    assert "not today" not in str([row.detail for row in rows])


async def test_expired_approval_is_over_although_the_server_is_away(
    services: Services, owner: Actor, tenant_id: str, asked: ApprovalRequested, clock: FakeClock
) -> None:
    await services.approvals.request(tenant_id, asked)
    clock.advance(hours=25)
    with pytest.raises(Conflict):
        await services.approvals.decide(owner, "apr_1", Choice(Verdict.APPROVE))
    assert (await services.approvals.list_open(owner)).items == []
    assert len((await services.approvals.list_settled(owner)).items) == 1


async def test_what_ended_last_comes_first_and_no_page_leaves_any_out(
    services: Services, owner: Actor, tenant_id: str, asked: ApprovalRequested, clock: FakeClock
) -> None:
    names = ["apr_1", "apr_2", "apr_3", "apr_4"]
    for name in names:
        await services.approvals.request(
            tenant_id, asked.model_copy(update={"approval_id": name, "created_at": clock()})
        )
        clock.advance(minutes=1)
    # The first three end in another order, the fourth by its time.
    for name in ("apr_2", "apr_3", "apr_1"):
        ended = report(clock, ApprovalStatus.DENIED)
        await services.approvals.settle(
            tenant_id, ended.model_copy(update={"approval_id": name, "settled_at": clock()})
        )
        clock.advance(minutes=1)
    clock.advance(hours=25)

    seen: list[str] = []
    cursor = None
    for _page in names:
        page = await services.approvals.list_settled(owner, cursor=cursor, limit=1)
        seen += [view.id for view in page.items]
        cursor = page.next_cursor

    assert (seen, cursor) == (["apr_4", "apr_1", "apr_3", "apr_2"], None)


async def test_choice_that_does_not_hold_together_is_refused(
    services: Services, owner: Actor, tenant_id: str, asked: ApprovalRequested
) -> None:
    await services.approvals.request(tenant_id, asked)
    for choice in (
        Choice(Verdict.EDIT_AND_APPROVE),
        Choice(Verdict.APPROVE_AND_REMEMBER, remember_days=0),
        Choice(Verdict.APPROVE_AND_REMEMBER, remember_days=91),
        Choice(Verdict.DENY, "x" * 501),
    ):
        with pytest.raises(InvalidInput):
            await services.approvals.decide(owner, "apr_1", choice)
    assert (await services.approvals.get(owner, "apr_1")).is_open


async def test_remembering_and_editing_reach_the_server(
    services: Services,
    owner: Actor,
    tenant_id: str,
    asked: ApprovalRequested,
    clock: FakeClock,
    waiting: Outbox,
) -> None:
    await services.approvals.request(tenant_id, asked)
    await services.approvals.request(tenant_id, asked.model_copy(update={"approval_id": "apr_2"}))
    await services.approvals.decide(owner, "apr_1", Choice(Verdict.APPROVE_AND_REMEMBER, remember_days=3))
    edited = Choice(Verdict.EDIT_AND_APPROVE, edited_args={"command": "ls old"})
    await services.approvals.decide(owner, "apr_2", edited)
    first, second = await waiting(tenant_id)
    assert first["remember_until"] == (clock() + timedelta(days=3)).isoformat().replace("+00:00", "Z")
    assert second["edited_args"] == {"command": "ls old"}


async def test_stranger_finds_nothing(
    services: Services, stranger: Actor, tenant_id: str, asked: ApprovalRequested
) -> None:
    await services.approvals.request(tenant_id, asked)
    assert (await services.approvals.list_open(stranger)).items == []
    assert (await services.approvals.list_open(stranger, tenant_id)).items == []
    with pytest.raises(NotFound):
        await services.approvals.get(stranger, "apr_1")
    with pytest.raises(NotFound):
        await services.approvals.decide(stranger, "apr_1", Choice(Verdict.APPROVE))


async def test_another_server_can_neither_take_nor_settle_it(
    services: Services,
    tenant_id: str,
    strange_tenant_id: str,
    asked: ApprovalRequested,
    clock: FakeClock,
) -> None:
    await services.approvals.request(tenant_id, asked)
    with pytest.raises(Conflict):
        await services.approvals.request(strange_tenant_id, asked)
    with pytest.raises(NotFound):
        await services.approvals.settle(strange_tenant_id, report(clock))


async def test_foreign_conversation_is_left_out(
    services: Services, stranger: Actor, strange_tenant_id: str, asked: ApprovalRequested
) -> None:
    await services.approvals.request(strange_tenant_id, asked)
    assert (await services.approvals.get(stranger, "apr_1")).conversation_id is None


async def test_member_reads_but_does_not_decide(
    services: Services, owner: Actor, tenant_id: str, asked: ApprovalRequested
) -> None:
    await services.approvals.request(tenant_id, asked)
    member = replace(owner, role=UserRole.MEMBER)
    assert len((await services.approvals.list_open(member)).items) == 1
    with pytest.raises(Forbidden):
        await services.approvals.decide(member, "apr_1", Choice(Verdict.APPROVE))


async def test_open_ones_are_paged(
    services: Services, owner: Actor, tenant_id: str, asked: ApprovalRequested
) -> None:
    for number in range(5):
        changed = {"approval_id": f"apr_{number}", "created_at": asked.created_at + timedelta(seconds=number)}
        await services.approvals.request(tenant_id, asked.model_copy(update=changed))
    seen, cursor = [], None
    while True:
        page = await services.approvals.list_open(owner, tenant_id, cursor=cursor, limit=2)
        seen += [view.id for view in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["apr_4", "apr_3", "apr_2", "apr_1", "apr_0"]


@pytest.mark.slow
async def test_what_is_asked_and_decided_lies_sealed(
    services: Services, owner: Actor, tenant_id: str, asked: ApprovalRequested, clock: FakeClock
) -> None:
    await services.approvals.request(tenant_id, asked)
    await services.approvals.decide(owner, "apr_1", Choice(Verdict.DENY, deny_reason="Old is still needed."))
    denied = report(clock, ApprovalStatus.DENIED).model_copy(update={"detail": "Old was kept."})
    await services.approvals.settle(tenant_id, denied)
    stored = await database_text(services)
    assert not [word for word in ("folder", "rm -r", "still needed", "was kept") if word in stored]
    view = await services.approvals.get(owner, "apr_1")
    assert (view.summary, view.deny_reason, view.detail) == (
        "Delete the folder old.",
        # In the server's words: what was typed may have held a secret.
        "Old was kept.",
        "Old was kept.",
    )


@pytest.mark.parametrize("status", [ApprovalStatus.APPROVED, ApprovalStatus.EXPIRED])
async def test_what_was_typed_into_an_edit_is_forgotten_when_it_is_settled(
    services: Services,
    owner: Actor,
    tenant_id: str,
    asked: ApprovalRequested,
    clock: FakeClock,
    status: ApprovalStatus,
) -> None:
    await services.approvals.request(tenant_id, asked)
    edited = Choice(Verdict.EDIT_AND_APPROVE, edited_args={"command": "login Rye+Salt42"})
    await services.approvals.decide(owner, "apr_1", edited)
    waiting = (await services.approvals.response(tenant_id, "apr_1")).decision
    assert waiting is not None
    assert waiting.edited_args == edited.edited_args

    await services.approvals.settle(tenant_id, report(clock, status))

    decision = (await services.approvals.response(tenant_id, "apr_1")).decision
    assert decision is not None
    assert (decision.verdict, decision.decided_by) == (Verdict.EDIT_AND_APPROVE, owner.user_id)
    assert (decision.edited_args, decision.deny_reason) == (None, "")


async def test_what_became_of_an_approved_call_is_kept_once_and_sealed(
    services: Services, owner: Actor, tenant_id: str, asked: ApprovalRequested, clock: FakeClock
) -> None:
    await services.approvals.request(tenant_id, asked)
    await services.approvals.decide(owner, "apr_1", Choice(Verdict.APPROVE))
    await services.approvals.settle(tenant_id, report(clock))
    assert (await services.approvals.get(owner, "apr_1")).outcome == ""

    failed = ApprovalCarriedOut(
        approval_id="apr_1",
        status="failed",
        detail="Exit code 1. no such folder",
        changed_to="rm -r attic",
        ended_at=clock(),
    )
    await services.approvals.carried_out(tenant_id, failed)
    await services.approvals.carried_out(tenant_id, failed.model_copy(update={"status": "executed"}))

    [view] = (await services.approvals.list_settled(owner)).items
    assert (view.status, view.outcome) == ("approved", "failed")
    assert (view.outcome_detail, view.changed_to) == ("Exit code 1. no such folder", "rm -r attic")
    stored = await database_text(services)
    assert "no such folder" not in stored
    assert "attic" not in stored
    with pytest.raises(NotFound):
        await services.approvals.carried_out("ten_other", failed)


async def remember(services: Services, owner: Actor, tenant_id: str, settled: ApprovalSettledReport) -> None:
    await services.approvals.decide(owner, "apr_1", Choice(Verdict.APPROVE_AND_REMEMBER, remember_days=30))
    await services.approvals.settle(tenant_id, settled)


async def test_what_was_allowed_can_be_taken_back_until_the_server_has_said_so(
    services: Services,
    owner: Actor,
    tenant_id: str,
    asked: ApprovalRequested,
    clock: FakeClock,
    waiting: Outbox,
) -> None:
    await services.approvals.request(tenant_id, asked)
    settled = report(clock).model_copy(update={"decided_by": owner.user_id})
    await remember(services, owner, tenant_id, settled)
    [view] = (await services.remembered.list(owner)).items
    assert view.remembered_until == clock() + timedelta(days=30)

    for _tap in range(2):
        assert (await services.remembered.withdraw(owner, "apr_1")).is_being_withdrawn
    wishes = [wish for wish in await waiting(tenant_id) if wish["kind"] == "approval.withdrawn"]
    assert wishes == [{"kind": "approval.withdrawn", "approval_id": "apr_1", "withdrawn_by": owner.user_id}]

    done = ApprovalForgotten(approval_id="apr_1", forgotten_at=clock())
    for _delivery in range(2):
        await services.remembered.forgotten(tenant_id, done)
    assert (await services.remembered.list(owner)).items == []
    view = await services.approvals.get(owner, "apr_1")
    assert (view.remembered_until, view.is_being_withdrawn) == (None, False)
    with pytest.raises(Conflict):
        await services.remembered.withdraw(owner, "apr_1")


async def test_nothing_is_allowed_where_somebody_on_the_server_was_first(
    services: Services, owner: Actor, tenant_id: str, asked: ApprovalRequested, clock: FakeClock
) -> None:
    await services.approvals.request(tenant_id, asked)
    settled = report(clock).model_copy(update={"decided_by": "shell:root"})
    await remember(services, owner, tenant_id, settled)
    assert (await services.remembered.list(owner)).items == []


async def test_what_was_allowed_ends_by_itself(
    services: Services, owner: Actor, tenant_id: str, asked: ApprovalRequested, clock: FakeClock
) -> None:
    await services.approvals.request(tenant_id, asked)
    await remember(services, owner, tenant_id, report(clock).model_copy(update={"decided_by": owner.user_id}))
    clock.advance(days=31)
    assert (await services.remembered.list(owner)).items == []
    with pytest.raises(Conflict):
        await services.remembered.withdraw(owner, "apr_1")

"""Several approvals with one tap: each for itself, bound to what was shown."""

from dataclasses import replace
from datetime import timedelta

import pytest

from letsbe_app.composition import Services
from letsbe_app.db.models import UserRole
from letsbe_app.errors import Conflict, Forbidden, InvalidInput
from letsbe_app.people.authz.actor import Actor
from letsbe_app.workforce.approvals.batches import fits_batch, group_key
from letsbe_app.workforce.approvals.schemas import BatchItem, Choice
from tenant_daemon.contracts.approvals import (
    ApprovalRequested,
    ApprovalSettledReport,
    ApprovalStatus,
    Verdict,
)
from tenant_daemon.contracts.tiers import Tier
from tests.support.hub import FakeClock
from tests.support.ui_samples import approval_view


async def ask(
    services: Services, tenant_id: str, clock: FakeClock, number: int, tier: Tier = Tier.RED
) -> BatchItem:
    asked = ApprovalRequested(
        approval_id=f"apr_{number}",
        conversation_id=None,
        agent_id="it-admin",
        tool_call_id=f"tc{number}",
        tool_name="shell",
        tier=tier,
        is_external=False,
        summary=f"Delete the file {number}.",
        reason="rm removes a file.",
        argv=["rm", str(number)],
        call_digest=f"d{number}",
        created_at=clock(),
        expires_at=clock() + timedelta(hours=24),
    )
    await services.approvals.request(tenant_id, asked)
    return BatchItem(asked.approval_id, asked.call_digest)


def test_same_agent_with_the_same_program_is_alike() -> None:
    remove = approval_view("apr_1", argv=["rm", "a"])
    assert group_key(remove) == group_key(approval_view("apr_2", argv=["rm", "b"]))
    assert group_key(remove) != group_key(approval_view("apr_3", argv=["mv", "a", "b"]))
    assert group_key(remove) != group_key(approval_view("apr_4", argv=["rm", "a"], agent_id="sales"))
    assert group_key(remove) == group_key(approval_view("apr_7", argv=["A=1", "[in /srv]", "rm", "b"]))
    assert group_key(remove) == group_key(approval_view("apr_8", argv=["rm", "b", ";", "rm", "c"]))
    both = approval_view("apr_9", argv=["rm", "b", "&&", "systemctl", "stop", "nginx"])
    assert group_key(both) == ("it-admin", "rm, systemctl", "RED")
    moved = approval_view("apr_10", argv=["HOME=/x", "mv", "a", "b"])
    assert group_key(moved) != group_key(approval_view("apr_11", argv=["HOME=/x", "rm", "a"]))
    assert not fits_batch(approval_view("apr_5", tier="CRITICAL_RED"))
    assert not fits_batch(approval_view("apr_6", verdict="approve"))


async def test_each_is_decided_for_itself(
    services: Services, owner: Actor, tenant_id: str, clock: FakeClock
) -> None:
    items = [await ask(services, tenant_id, clock, number) for number in (1, 2, 3)]
    critical = await ask(services, tenant_id, clock, 4, Tier.CRITICAL_RED)
    changed = replace(items[1], call_digest="something else")
    await services.approvals.decide(owner, "apr_3", Choice(Verdict.DENY))

    outcomes = await services.approvals.decide_all(
        owner, [items[0], changed, items[2], critical], Verdict.APPROVE
    )

    assert [(outcome.approval_id, outcome.is_decided) for outcome in outcomes] == [
        ("apr_1", True),
        ("apr_2", False),
        ("apr_3", False),
        ("apr_4", False),
    ]
    assert "looked at" in outcomes[1].problem
    assert "by itself" in outcomes[3].problem
    assert [view.id for view in (await services.approvals.list_open(owner)).items if view.is_open] == [
        "apr_4",
        "apr_2",
    ]


async def test_refusing_fits_everything(
    services: Services, owner: Actor, tenant_id: str, clock: FakeClock
) -> None:
    items = [
        await ask(services, tenant_id, clock, 1),
        await ask(services, tenant_id, clock, 2, Tier.CRITICAL_RED),
    ]

    outcomes = await services.approvals.decide_all(owner, items, Verdict.DENY, "Not today.")

    assert all(outcome.is_decided for outcome in outcomes)
    assert (await services.approvals.get(owner, "apr_2")).deny_reason == "Not today."


@pytest.mark.parametrize("verdict", [Verdict.APPROVE_AND_REMEMBER, Verdict.EDIT_AND_APPROVE])
async def test_only_yes_and_no_fit_several(services: Services, owner: Actor, verdict: Verdict) -> None:
    with pytest.raises(InvalidInput):
        await services.approvals.decide_all(owner, [BatchItem("apr_1", "d1")], verdict)
    with pytest.raises(InvalidInput):
        await services.approvals.decide_all(owner, [BatchItem("apr_1", "")], Verdict.APPROVE)
    with pytest.raises(Forbidden):
        await services.approvals.decide_all(
            replace(owner, role=UserRole.MEMBER), [BatchItem("apr_1", "d1")], Verdict.APPROVE
        )


async def test_second_device_is_told_who_was_first(
    services: Services, owner: Actor, tenant_id: str, clock: FakeClock
) -> None:
    colleague = replace(owner, user_id="usr_2", session_id="ses_2", role=UserRole.APPROVER)
    await ask(services, tenant_id, clock, 1)
    await services.approvals.decide(owner, "apr_1", Choice(Verdict.DENY))

    with pytest.raises(Conflict, match="You have refused this already"):
        await services.approvals.decide(owner, "apr_1", Choice(Verdict.APPROVE))
    with pytest.raises(Conflict, match=f"{owner.email} has refused this already"):
        await services.approvals.decide(colleague, "apr_1", Choice(Verdict.APPROVE))


async def test_decision_on_the_server_itself_is_told_as_such(
    services: Services, owner: Actor, tenant_id: str, clock: FakeClock
) -> None:
    await ask(services, tenant_id, clock, 1)
    report = ApprovalSettledReport(
        approval_id="apr_1", status=ApprovalStatus.APPROVED, decided_by="shell:ada", settled_at=clock()
    )
    await services.approvals.settle(tenant_id, report)

    assert (await services.approvals.get(owner, "apr_1")).decided_by == "ada, on the server itself"
    with pytest.raises(Conflict, match="approved by ada, on the server itself"):
        await services.approvals.decide(owner, "apr_1", Choice(Verdict.DENY))

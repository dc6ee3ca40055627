"""Heads are kept, and one that does not fit raises an alarm that stays."""

from sqlmodel import select

from letsbe_app.composition import Services
from letsbe_app.db.models import AuditEntry
from letsbe_app.fleet.audit_heads.continuity import HeadProblem
from letsbe_app.people.authz.actor import Actor
from tests.app.fleet.audit_heads.test_continuity import report
from tests.support.hub import paid_order


async def test_trail_that_forks_raises_an_alarm(services: Services, owner: Actor) -> None:
    _, tenant_id = await paid_order(services, owner)
    for head in (report(5, "a", (0, "0")), report(9, "b", (5, "a")), report(9, "b", (5, "a"))):
        await services.audit_heads.record(tenant_id, head)
    assert await services.audit_heads.newest_problem(tenant_id) is HeadProblem.NONE

    await services.audit_heads.record(tenant_id, report(9, "c", (5, "a")))
    await services.audit_heads.record(tenant_id, report(12, "d", (9, "b")))

    assert await services.audit_heads.newest_problem(tenant_id) is HeadProblem.FORKED
    async with services.database.read() as session:
        [alarm] = (await session.exec(select(AuditEntry).where(AuditEntry.action == "audit.alarm"))).all()
    assert (alarm.tenant_id, alarm.detail["problem"], alarm.detail["count"]) == (tenant_id, "forked", 9)


async def test_trail_that_goes_back_raises_an_alarm(services: Services, owner: Actor) -> None:
    _, tenant_id = await paid_order(services, owner)
    await services.audit_heads.record(tenant_id, report(9, "b", (0, "0")))
    await services.audit_heads.record(tenant_id, report(4, "c", (0, "0")))

    assert await services.audit_heads.newest_problem(tenant_id) is HeadProblem.WENT_BACK

"""Keeps the heads that servers sign, and raises an alarm when one does not continue the others."""

import structlog
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import AuditHead, Tenant
from letsbe_app.db.session import Database
from letsbe_app.fleet.audit_heads.continuity import HeadProblem, KnownTrail, problem_with
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.people.audit.service import record_act, tenant_actor
from letsbe_app.relay import Relay, Topic
from tenant_daemon.contracts.audit import AuditHeadReported

log = structlog.get_logger()


class AuditHeadService:
    """For links, and for whoever looks after servers."""

    def __init__(self, database: Database, relay: Relay, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._publisher = relay.publisher
        self._clock = clock

    async def record(self, tenant_id: str, report: AuditHeadReported) -> None:
        """Keep a head; a second delivery changes nothing. One with a problem is kept as evidence."""
        async with self._database.write() as session:
            tenant = await session.get_one(Tenant, tenant_id)
            if await session.get(AuditHead, (tenant_id, report.count, report.head)) is not None:
                return
            problem = problem_with(report, await _known(session, tenant_id, report))
            session.add(
                AuditHead(
                    tenant_id=tenant_id,
                    count=report.count,
                    head=report.head,
                    public_key=report.public_key,
                    signature=report.signature,
                    signed_at=report.signed_at,
                    received_at=self._clock(),
                    problem=problem,
                )
            )
            if problem:
                record_act(
                    session,
                    tenant_actor(tenant_id),
                    "audit.alarm",
                    subject=tenant_id,
                    customer_id=tenant.customer_id,
                    tenant_id=tenant_id,
                    problem=problem.value,
                    count=report.count,
                )
        if problem:
            log.error("audit.alarm", tenant_id=tenant_id, problem=problem.value, count=report.count)
            await self._publisher.announce(tenant.customer_id, Topic.TENANT, tenant_id)

    async def newest_problem(self, tenant_id: str) -> HeadProblem:
        """The alarm that stands for a server, ``NONE`` when all is well. An alarm does not pass by itself."""
        async with self._database.read() as session:
            statement = (
                select(AuditHead.problem)
                .where(AuditHead.tenant_id == tenant_id, AuditHead.problem != "")
                .order_by(col(AuditHead.received_at).desc())
                .limit(1)
            )
            found = (await session.exec(statement)).first()
        return HeadProblem(found or "")


async def _known(session: AsyncSession, tenant_id: str, report: AuditHeadReported) -> KnownTrail | None:
    sound = (AuditHead.tenant_id == tenant_id, AuditHead.problem == "")
    newest = (await session.exec(select(func.max(AuditHead.count)).where(*sound))).one()
    if newest is None:
        return None
    named = [newest, report.count, report.since_count]
    rows = (await session.exec(select(AuditHead).where(*sound, col(AuditHead.count).in_(named)))).all()
    return KnownTrail(rows[0].public_key, newest, {row.count: row.head for row in rows})

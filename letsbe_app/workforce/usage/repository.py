"""Rows of usage."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import UsageAlert, UsageRecord
from letsbe_app.kit.ids import new_id
from letsbe_app.workforce.usage.schemas import UsageLine
from tenant_daemon.contracts.budget import BudgetReached
from tenant_daemon.contracts.usage import UsageBucket

COUNTS = (
    "prompt_tokens",
    "completion_tokens",
    "cached_tokens",
    "request_count",
    "estimated_count",
)


async def replace(session: AsyncSession, tenant_id: str, bucket: UsageBucket) -> bool:
    """Keep a bucket unless a newer or the same revision is there. Says whether it changed anything."""
    key = (tenant_id, bucket.hour, bucket.agent_id, bucket.model)
    row = await session.get(UsageRecord, key, with_for_update=True)
    values = bucket.model_dump(include={"revision", *COUNTS})
    if row is None:
        session.add(
            UsageRecord(
                tenant_id=tenant_id,
                hour=bucket.hour,
                agent_id=bucket.agent_id,
                model=bucket.model,
                **values,
            )
        )
        return True
    if bucket.revision <= row.revision:
        return False
    for name, value in values.items():
        setattr(row, name, value)
    return True


async def add_alert(session: AsyncSession, tenant_id: str, reached: BudgetReached) -> bool:
    """Keep an alert; False when it is there already."""
    row = UsageAlert(
        id=new_id("alr"),
        tenant_id=tenant_id,
        agent_id=reached.agent_id or "",
        **reached.model_dump(exclude={"kind", "agent_id"}),
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


async def alerts(session: AsyncSession, tenant_id: str, since: datetime, limit: int) -> Sequence[UsageAlert]:
    """The newest alerts from a moment on."""
    statement = (
        select(UsageAlert)
        .where(UsageAlert.tenant_id == tenant_id, col(UsageAlert.reached_at) >= since)
        .order_by(col(UsageAlert.reached_at).desc(), col(UsageAlert.percent).desc())
        .limit(limit)
    )
    return (await session.exec(statement)).all()


async def totals(session: AsyncSession, tenant_id: str, since: datetime) -> Sequence[UsageLine]:
    """Sums per agent and model from an hour on."""
    sums = [func.sum(getattr(UsageRecord, name)).label(name) for name in COUNTS]
    statement = (
        select(UsageRecord.agent_id, UsageRecord.model, *sums)
        .where(UsageRecord.tenant_id == tenant_id, col(UsageRecord.hour) >= since)
        .group_by(col(UsageRecord.agent_id), col(UsageRecord.model))
    )
    rows: Sequence[Any] = (await session.exec(statement)).all()
    # PostgreSQL sums integers to decimals.
    return [UsageLine(row[0], row[1], *map(int, row[2:])) for row in rows]


async def hours(
    session: AsyncSession, tenant_id: str, since: datetime
) -> Sequence[tuple[datetime, str, str, int]]:
    """What was used in each hour from a moment on: hour, agent, model, tokens; the oldest first."""
    statement = (
        select(
            UsageRecord.hour,
            UsageRecord.agent_id,
            UsageRecord.model,
            UsageRecord.prompt_tokens + UsageRecord.completion_tokens,
        )
        .where(UsageRecord.tenant_id == tenant_id, col(UsageRecord.hour) >= since)
        .order_by(col(UsageRecord.hour))
    )
    return (await session.exec(statement)).all()

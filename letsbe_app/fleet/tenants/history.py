"""A server's figures of the last days: one row for five minutes, so that a week is 2,016 rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import HeartbeatSample
from tenant_daemon.contracts.health import Heartbeat

SLOT_SECONDS: Final = 300
KEPT_FOR: Final = timedelta(days=7)


async def note_samples(session: AsyncSession, heartbeats: Mapping[str, Heartbeat], now: datetime) -> None:
    """
    Keep heartbeats as the newest of their five minutes; with each new row what is too old goes.

    Args:
        session: The caller's unit of work.
        heartbeats: By server.
        now: The time.
    """
    slot = int(now.timestamp()) // SLOT_SECONDS
    found = await session.exec(
        select(HeartbeatSample).where(
            col(HeartbeatSample.tenant_id).in_(heartbeats), HeartbeatSample.slot == slot
        )
    )
    rows = {row.tenant_id: row for row in found}
    new = [tenant_id for tenant_id in heartbeats if tenant_id not in rows]
    if new:
        await session.exec(
            delete(HeartbeatSample).where(
                col(HeartbeatSample.tenant_id).in_(new), col(HeartbeatSample.taken_at) < now - KEPT_FOR
            )
        )
    for tenant_id, heartbeat in heartbeats.items():
        if tenant_id not in rows:
            rows[tenant_id] = HeartbeatSample(tenant_id=tenant_id, slot=slot, is_ready=False, taken_at=now)
            session.add(rows[tenant_id])
        _fill(rows[tenant_id], heartbeat, now)


def _fill(row: HeartbeatSample, heartbeat: Heartbeat, now: datetime) -> None:
    row.is_ready, row.taken_at = heartbeat.is_ready, now
    row.cpu_percent = heartbeat.cpu_percent
    row.memory_percent = percent(heartbeat.memory_used_bytes, heartbeat.memory_total_bytes)
    row.disk_percent = percent(heartbeat.disk_used_bytes, heartbeat.disk_total_bytes)


async def samples_of(session: AsyncSession, tenant_id: str, since: datetime) -> Sequence[HeartbeatSample]:
    """What was noted since then, the oldest first."""
    statement = (
        select(HeartbeatSample)
        .where(HeartbeatSample.tenant_id == tenant_id, HeartbeatSample.taken_at >= since)
        .order_by(col(HeartbeatSample.slot))
    )
    return (await session.exec(statement)).all()


def percent(used: int | None, total: int | None) -> float | None:
    """How much of it is used; None where nothing is known."""
    return round(100 * used / total, 1) if total and used is not None else None

"""
A server's figures over time, bounded: a row for each minute of a day, and one for each hour of 30 days.

An hour grows with its minutes: with each new one its first heartbeat joins the hour's means. So a heartbeat
costs one row, and three in four of them no new one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import HeartbeatHour, HeartbeatSample
from tenant_daemon.contracts.health import Heartbeat

MINUTE: Final = 60
HOUR: Final = 3_600
FIGURES: Final = ("cpu_percent", "memory_percent", "disk_percent")

Row = HeartbeatSample | HeartbeatHour
Kept = TypeVar("Kept", HeartbeatSample, HeartbeatHour)


class Span(StrEnum):
    """How far back."""

    DAY = "day"
    """By the minute."""
    MONTH = "month"
    """30 days, by the hour."""


@dataclass(frozen=True)
class Resolution:
    """How a span is kept."""

    table: type[HeartbeatSample] | type[HeartbeatHour]
    step_seconds: int
    kept_for: timedelta


RESOLUTIONS: Final[Mapping[Span, Resolution]] = {
    Span.DAY: Resolution(HeartbeatSample, MINUTE, timedelta(days=1)),
    Span.MONTH: Resolution(HeartbeatHour, HOUR, timedelta(days=30)),
}


async def note_samples(session: AsyncSession, heartbeats: Mapping[str, Heartbeat], now: datetime) -> None:
    """
    Keep heartbeats as the newest of their minutes; with each new minute what is too old goes.

    Args:
        session: The caller's unit of work.
        heartbeats: By server.
        now: The time.
    """
    rows = await _rows(session, HeartbeatSample, heartbeats, _slot(now, MINUTE))
    new = [tenant_id for tenant_id in heartbeats if tenant_id not in rows]
    for tenant_id, heartbeat in heartbeats.items():
        if tenant_id not in rows:
            slot = _slot(now, MINUTE)
            rows[tenant_id] = HeartbeatSample(tenant_id=tenant_id, slot=slot, is_ready=False, taken_at=now)
            session.add(rows[tenant_id])
        _fill(rows[tenant_id], heartbeat, now)
    if new:
        await _roll_up(session, {one: heartbeats[one] for one in new}, now)
        for resolution in RESOLUTIONS.values():
            await _forget(session, resolution, new, now)


async def history_of(session: AsyncSession, tenant_id: str, span: Span, now: datetime) -> Sequence[Row]:
    """What was kept of a span, the oldest first."""
    match span:
        case Span.DAY:
            return await _since(session, HeartbeatSample, tenant_id, now - RESOLUTIONS[span].kept_for)
        case Span.MONTH:
            return await _since(session, HeartbeatHour, tenant_id, now - RESOLUTIONS[span].kept_for)


def percent(used: int | None, total: int | None) -> float | None:
    """How much of it is used; None where nothing is known."""
    return round(100 * used / total, 1) if total and used is not None else None


def figures_of(heartbeat: Heartbeat) -> dict[str, float | None]:
    """CPU, RAM and disk in percent."""
    memory = percent(heartbeat.memory_used_bytes, heartbeat.memory_total_bytes)
    disk = percent(heartbeat.disk_used_bytes, heartbeat.disk_total_bytes)
    return dict(zip(FIGURES, (heartbeat.cpu_percent, memory, disk), strict=True))


async def _since(session: AsyncSession, table: type[Kept], tenant_id: str, since: datetime) -> Sequence[Kept]:
    statement = (
        select(table).where(table.tenant_id == tenant_id, table.taken_at >= since).order_by(col(table.slot))
    )
    return (await session.exec(statement)).all()


async def _roll_up(session: AsyncSession, heartbeats: Mapping[str, Heartbeat], now: datetime) -> None:
    hours = await _rows(session, HeartbeatHour, heartbeats, _slot(now, HOUR))
    for tenant_id, heartbeat in heartbeats.items():
        hour = hours.get(tenant_id)
        if hour is None:
            hour = HeartbeatHour(tenant_id=tenant_id, slot=_slot(now, HOUR), taken_at=now)
            session.add(hour)
        for name, figure in figures_of(heartbeat).items():
            setattr(hour, name, _mean(getattr(hour, name), hour.count, figure))
        hour.count += 1
        hour.ready_count += heartbeat.is_ready
        hour.taken_at = now


def _mean(before: float | None, count: int, figure: float | None) -> float | None:
    if before is None or figure is None:
        return figure if before is None else before
    return round((before * count + figure) / (count + 1), 2)


def _fill(row: HeartbeatSample, heartbeat: Heartbeat, now: datetime) -> None:
    row.is_ready, row.taken_at = heartbeat.is_ready, now
    for name, figure in figures_of(heartbeat).items():
        setattr(row, name, figure)


async def _rows(
    session: AsyncSession, table: type[Kept], tenant_ids: Iterable[str], slot: int
) -> dict[str, Kept]:
    statement = select(table).where(col(table.tenant_id).in_(tenant_ids), table.slot == slot)
    return {row.tenant_id: row for row in (await session.exec(statement)).all()}


def _slot(now: datetime, step_seconds: int) -> int:
    return int(now.timestamp()) // step_seconds


async def _forget(
    session: AsyncSession, resolution: Resolution, tenant_ids: Sequence[str], now: datetime
) -> None:
    table = resolution.table
    await session.exec(
        delete(table).where(
            col(table.tenant_id).in_(tenant_ids), col(table.taken_at) < now - resolution.kept_for
        )
    )

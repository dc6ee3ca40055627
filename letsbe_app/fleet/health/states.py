"""From a server's figures to its health. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never

from tenant_daemon.contracts.distress import DISK, VAULT
from tenant_daemon.contracts.health import OPENCLAW, Heartbeat

FULL_DISK: Final = 0.95
AGENTS: Final = "agents"
"""The cause where OpenClaw does not run."""


class Health(StrEnum):
    """What owners are told."""

    WELL = "well"
    DEGRADED = "degraded"
    """It answers, but a part of it does not work, or its disk is nearly full."""
    OFFLINE = "offline"


@dataclass(frozen=True)
class Standing:
    """The state that holds, and what the last looks saw."""

    state: Health
    since: datetime
    seen: Health
    seen_since: datetime


def health_of(heartbeat: Heartbeat | None, *, is_online: bool) -> Health:
    """What a server's figures say now."""
    if not is_online:
        return Health.OFFLINE
    if heartbeat is None or not heartbeat.is_ready or _is_nearly_full(heartbeat):
        return Health.DEGRADED
    if not all(component.is_healthy for component in heartbeat.components):
        return Health.DEGRADED
    return Health.WELL


def cause_of(heartbeat: Heartbeat | None, state: Health) -> str:
    """Why a server is not well, as ``HealthChanged`` names it; empty where that is not known."""
    if heartbeat is None or state is Health.WELL:
        return ""
    sick = {part.name for part in heartbeat.components if not part.is_healthy}
    known = next((name for name in (VAULT, DISK) if name in sick), "")
    if known or state is not Health.DEGRADED:
        return known
    if _is_nearly_full(heartbeat):
        return "disk_nearly_full"
    return AGENTS if OPENCLAW in sick else ""


def step(standing: Standing, seen: Health, now: datetime) -> Standing:
    """
    The standing after another look.

    What is seen must last before it holds: a server that restarts, or a road that trembles, is no news.
    """
    if seen is not standing.seen:
        standing = replace(standing, seen=seen, seen_since=now)
    if seen is standing.state or now - standing.seen_since < must_last(seen):
        return standing
    return replace(standing, state=seen, since=standing.seen_since)


def must_last(health: Health) -> timedelta:
    """How long a state must be seen before it holds."""
    match health:
        case Health.OFFLINE:
            return timedelta(minutes=3)
        case Health.DEGRADED:
            return timedelta(minutes=5)
        case Health.WELL:
            return timedelta(minutes=1)
        case _:
            assert_never(health)


def _is_nearly_full(heartbeat: Heartbeat) -> bool:
    used, total = heartbeat.disk_used_bytes, heartbeat.disk_total_bytes
    return bool(used and total) and (used or 0) >= (total or 0) * FULL_DISK

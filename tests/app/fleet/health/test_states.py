"""Health: what figures say, and what must last before it holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from letsbe_app.fleet.health.states import Health, Standing, cause_of, health_of, must_last, step
from tenant_daemon.contracts.health import ComponentHealth, Heartbeat

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
WELL = Standing(Health.WELL, NOW, Health.WELL, NOW)


def heartbeat(**changes: Any) -> Heartbeat:
    values = {"is_ready": True, "disk_used_bytes": 10, "disk_total_bytes": 100} | changes
    return Heartbeat(daemon_version="1", openclaw_version="1", config_version=1, **values)


@pytest.mark.parametrize(
    ("figures", "is_online", "health"),
    [
        (heartbeat(), True, Health.WELL),
        (heartbeat(disk_used_bytes=None, disk_total_bytes=None), True, Health.WELL),
        (heartbeat(), False, Health.OFFLINE),
        (None, True, Health.DEGRADED),
        (heartbeat(is_ready=False), True, Health.DEGRADED),
        (heartbeat(disk_used_bytes=95), True, Health.DEGRADED),
        (heartbeat(components=[ComponentHealth(name="proxy", is_healthy=False)]), True, Health.DEGRADED),
    ],
)
def test_figures_make_a_state(figures: Heartbeat | None, is_online: bool, health: Health) -> None:
    assert health_of(figures, is_online=is_online) is health


@pytest.mark.parametrize(
    ("figures", "state", "cause"),
    [
        (heartbeat(components=[ComponentHealth(name="vault", is_healthy=False)]), Health.OFFLINE, "vault"),
        (heartbeat(components=[ComponentHealth(name="disk", is_healthy=False)]), Health.OFFLINE, "disk"),
        (heartbeat(components=[ComponentHealth(name="proxy", is_healthy=False)]), Health.DEGRADED, ""),
        (
            heartbeat(components=[ComponentHealth(name="openclaw", is_healthy=False)]),
            Health.DEGRADED,
            "agents",
        ),
        (heartbeat(components=[ComponentHealth(name="openclaw", is_healthy=False)]), Health.OFFLINE, ""),
        (heartbeat(disk_used_bytes=95), Health.DEGRADED, "disk_nearly_full"),
        (heartbeat(components=[ComponentHealth(name="disk", is_healthy=False)]), Health.DEGRADED, "disk"),
        # What it was like when it was last seen is no reason for its silence.
        (heartbeat(disk_used_bytes=95), Health.OFFLINE, ""),
        (heartbeat(), Health.WELL, ""),
        (None, Health.OFFLINE, ""),
    ],
)
def test_the_cause_is_told_where_it_is_known(figures: Heartbeat | None, state: Health, cause: str) -> None:
    assert cause_of(figures, state) == cause


@pytest.mark.parametrize("health", [Health.OFFLINE, Health.DEGRADED])
def test_a_state_holds_once_it_has_lasted(health: Health) -> None:
    later = NOW + must_last(health)
    seen = step(WELL, health, NOW)
    early = step(seen, health, later - timedelta(seconds=1))

    assert early.state is Health.WELL
    assert step(early, health, later) == Standing(health, NOW, health, NOW)


def test_a_short_interruption_is_no_news() -> None:
    standing = WELL
    for minute in range(60):
        seen = Health.OFFLINE if minute % 2 else Health.WELL
        standing = step(standing, seen, NOW + timedelta(minutes=minute))
        assert standing.state is Health.WELL


def test_being_back_holds_sooner_than_being_away() -> None:
    assert must_last(Health.WELL) < must_last(Health.OFFLINE)

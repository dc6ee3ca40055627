"""Heartbeat: how the server is; the answer says what it should have."""

from typing import Literal

from pydantic import Field

from tenant_daemon.contracts.base import Message


class ComponentHealth(Message):
    """One part of the tenant: ``proxy``, ``wrapper``, ``openclaw``, ``audit``, ``model`` ..."""

    name: str
    is_healthy: bool
    detail: str = ""


class Heartbeat(Message):
    """Daemon -> hub, every 15 s and at once when something changes."""

    kind: Literal["health.heartbeat"] = "health.heartbeat"
    daemon_version: str
    openclaw_version: str
    config_version: int
    """The version in force on the tenant."""
    is_ready: bool
    """True when messages to agents are relayed: every part runs and the plugin was seen loaded."""
    components: list[ComponentHealth] = Field(default_factory=list)
    cpu_percent: float | None = None
    memory_used_bytes: int | None = None
    memory_total_bytes: int | None = None
    disk_used_bytes: int | None = None
    disk_total_bytes: int | None = None
    audit_head: str = ""
    """Hash of the newest audit entry, so that a chain cut short is noticed."""
    audit_count: int = 0
    outbox_depth: int = 0

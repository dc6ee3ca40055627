"""Heartbeat: how the server is; the answer says what it should have."""

from typing import Final, Literal

from pydantic import Field

from tenant_daemon.contracts.base import Count, Message

MODEL: Final = "model"
"""The part that says why models do not answer."""
SILENT: Final = "silent"
"""Its detail while it is well, but a request waits for its provider for longer than most do."""

OPENCLAW: Final = "openclaw"
"""The part that the agents live in."""


class ComponentHealth(Message):
    """One part of the tenant: ``proxy``, ``wrapper``, ``openclaw``, ``audit``, ``model`` ..."""

    name: str
    is_healthy: bool
    detail: str = ""


class Heartbeat(Message):
    """Daemon -> hub, every 15 s and at once when something changes."""

    kind: Literal["health.heartbeat"] = "health.heartbeat"
    daemon_version: str = Field(max_length=40)
    openclaw_version: str = Field(max_length=40)
    config_version: Count
    """The version in force on the tenant."""
    is_ready: bool
    """True when messages to agents are relayed: every part runs and the plugin was seen loaded."""
    components: list[ComponentHealth] = Field(default_factory=list)
    cpu_percent: float | None = Field(default=None, allow_inf_nan=False)
    memory_used_bytes: int | None = None
    memory_total_bytes: int | None = None
    disk_used_bytes: int | None = None
    disk_total_bytes: int | None = None
    audit_head: str = ""
    """Hash of the newest audit entry, so that a chain cut short is noticed."""
    audit_count: Count = 0
    outbox_depth: Count = 0

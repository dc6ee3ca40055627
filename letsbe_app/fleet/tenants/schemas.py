"""What the tenant service gives to pages, routes and links."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from letsbe_app.db.models import HeartbeatHour, HeartbeatSample, Tenant
from letsbe_app.fleet.tenants.history import RESOLUTIONS, Span
from letsbe_app.kit.secrets import token_hash
from tenant_daemon.contracts.distress import DISK, VAULT, Distress, VaultTrouble
from tenant_daemon.contracts.health import MODEL, SILENT, ComponentHealth, Heartbeat

LINK_PATH = "/api/v1/tenant/link"


def link_url(public_url: str) -> str:
    """Where daemons open their websocket, for the hub's public address."""
    return "ws" + public_url.removeprefix("http") + LINK_PATH


@dataclass(frozen=True)
class TenantIdentity:
    """The server that an API key belongs to."""

    tenant_id: str
    customer_id: str


@dataclass(frozen=True)
class LinkStanding:
    """What a server's link is compared with."""

    key_hashes: tuple[str | None, str | None] = field(repr=False)
    config_version: int
    has_waiting: bool

    def opens_with(self, api_key: str) -> bool:
        """Whether the key still counts."""
        return token_hash(api_key) in self.key_hashes


@dataclass(frozen=True)
class NewTenant:
    """A server to be made for an order."""

    customer_id: str
    order_id: str
    name: str


@dataclass(frozen=True)
class TenantView:
    """A server as its owner sees it. Figures are those of the newest heartbeat, None before the first."""

    id: str
    order_id: str
    name: str
    status: str
    is_online: bool
    is_ready: bool
    """Online, and its agents can be talked to."""
    is_stopped: bool
    approval_ttl_seconds: int
    """How long a question of its agents waits for a person; then it is denied."""
    is_practice: bool
    """The practice model answers, since no model is configured."""
    last_seen_at: datetime | None
    cpu_percent: float | None
    memory_used_bytes: int | None
    memory_total_bytes: int | None
    disk_used_bytes: int | None
    disk_total_bytes: int | None
    components: list[ComponentHealth]
    vault_trouble: str
    """Why its vault is locked, as ``VaultTrouble``; empty while it is open."""
    is_disk_full: bool
    """Whether nothing can be written there, so that it does nothing."""
    model_trouble: str
    """Why the language model does not answer its agents, in words; empty while it does."""
    is_model_silent: bool
    """Whether an agent waits for the language model for longer than most do."""
    openclaw_version: str
    daemon_version: str
    config_version: int
    applied_config_version: int
    config_refusal: str
    """Why the server would not take the newest version over; the one before it stays in force."""
    audit_count: int


@dataclass(frozen=True)
class Sample:
    """A server's figures at a moment, or their means of the time up to it."""

    taken_at: datetime
    is_ready: bool
    """For an hour: during most of it."""
    cpu_percent: float | None
    memory_percent: float | None
    disk_percent: float | None


@dataclass(frozen=True)
class History:
    """How a server's figures went."""

    span: Span
    step_seconds: int
    """Of time between two samples, where none is missing."""
    samples: list[Sample]
    """The oldest first; where the server was away there are none."""


def history_view(span: Span, rows: Sequence[HeartbeatSample | HeartbeatHour]) -> History:
    """The view of rows."""
    return History(span, RESOLUTIONS[span].step_seconds, [_sample(row) for row in rows])


def _sample(row: HeartbeatSample | HeartbeatHour) -> Sample:
    is_ready = row.is_ready if isinstance(row, HeartbeatSample) else 2 * row.ready_count >= row.count
    return Sample(row.taken_at, is_ready, row.cpu_percent, row.memory_percent, row.disk_percent)


def heartbeat_of(tenant: Tenant) -> Heartbeat | None:
    """The newest heartbeat, None before the first."""
    return Heartbeat.model_validate(tenant.heartbeat) if tenant.heartbeat else None


def vault_trouble(heartbeat: Heartbeat | None) -> str:
    """Why the server's vault is locked, as ``VaultTrouble``; empty while it is open."""
    detail = _detail_of(heartbeat, VAULT)
    # A newer daemon may know more reasons.
    return detail if not detail or detail in set(VaultTrouble) else VaultTrouble.UNREADABLE


def is_disk_full(heartbeat: Heartbeat | None) -> bool:
    """Whether the server says that nothing can be written there."""
    return bool(_detail_of(heartbeat, DISK))


def in_distress(before: Heartbeat | None, distress: Distress) -> Heartbeat:
    """What a server in distress is known to be like: figures as before, and nothing runs."""
    known = before or Heartbeat(
        daemon_version=distress.daemon_version,
        openclaw_version=distress.openclaw_version,
        config_version=0,
        is_ready=False,
    )
    sick = ComponentHealth(name=distress.part, is_healthy=False, detail=distress.trouble.value)
    return known.model_copy(update={"is_ready": False, "components": [sick]})


def tells(heartbeat: Heartbeat | None, distress: Distress) -> bool:
    """Whether what is known of a server says this of it already."""
    return _detail_of(heartbeat, distress.part) == distress.trouble.value


def _detail_of(heartbeat: Heartbeat | None, name: str) -> str:
    """What a part that does not work says; empty where it works or is not told of."""
    parts = heartbeat.components if heartbeat else []
    return next((part.detail for part in parts if part.name == name and not part.is_healthy), "")


def _is_model_silent(heartbeat: Heartbeat | None) -> bool:
    parts = heartbeat.components if heartbeat else []
    return any(part.name == MODEL and part.is_healthy and part.detail == SILENT for part in parts)


def tenant_view(tenant: Tenant, *, is_online: bool, is_practice: bool) -> TenantView:
    """The view of a row."""
    heartbeat = heartbeat_of(tenant)
    return TenantView(
        id=tenant.id,
        order_id=tenant.order_id,
        name=tenant.name,
        status=tenant.status,
        is_online=is_online,
        is_ready=is_online and heartbeat is not None and heartbeat.is_ready,
        is_stopped=tenant.is_stopped,
        approval_ttl_seconds=tenant.approval_ttl_seconds,
        is_practice=is_practice,
        last_seen_at=tenant.last_heartbeat_at,
        cpu_percent=heartbeat.cpu_percent if heartbeat else None,
        memory_used_bytes=heartbeat.memory_used_bytes if heartbeat else None,
        memory_total_bytes=heartbeat.memory_total_bytes if heartbeat else None,
        disk_used_bytes=heartbeat.disk_used_bytes if heartbeat else None,
        disk_total_bytes=heartbeat.disk_total_bytes if heartbeat else None,
        components=list(heartbeat.components) if heartbeat else [],
        vault_trouble=vault_trouble(heartbeat),
        is_disk_full=is_disk_full(heartbeat),
        model_trouble=_detail_of(heartbeat, MODEL) if is_online else "",
        is_model_silent=is_online and _is_model_silent(heartbeat),
        openclaw_version=tenant.openclaw_version,
        daemon_version=tenant.daemon_version,
        config_version=tenant.config_version,
        applied_config_version=tenant.applied_config_version,
        config_refusal=tenant.config_refusal,
        audit_count=heartbeat.audit_count if heartbeat else 0,
    )

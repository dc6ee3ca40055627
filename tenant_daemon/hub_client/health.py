"""Looks after the parts of this server and tells the hub: every 15 s, and at once when something changes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import httpx
import structlog

from tenant_daemon.audit import AuditTrail, AuditUnavailable
from tenant_daemon.contracts.distress import DISK, VAULT, DiskTrouble
from tenant_daemon.contracts.health import ComponentHealth, Heartbeat
from tenant_daemon.hub_client.gateway import GatewayDoor
from tenant_daemon.hub_client.metrics import MetricsReader
from tenant_daemon.kit.certificates import trusted_authorities

HEARTBEAT_SECONDS: Final = 15.0
_PROBE_SECONDS: Final = 3.0
_PAUSE_UNTIL_READY_SECONDS: Final = 1.0
_PAUSE_WHEN_READY_SECONDS: Final = 5.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Versions:
    """What runs here."""

    daemon: str
    openclaw: str


@dataclass
class HealthMonitor:
    """Runs until cancelled. ``latest`` is the last heartbeat, also what ``status`` shows."""

    urls: dict[str, str]
    """Part -> address that answers 200 while it is healthy."""
    door: GatewayDoor
    openclaw_problem: Callable[[], str]
    config_version: Callable[[], int]
    outbox_depth: Callable[[], int]
    audit: AuditTrail
    metrics: MetricsReader
    versions: Versions
    send: Callable[[Heartbeat], None]
    vault_trouble: Callable[[], str]
    """Why the vault is locked, as ``VaultTrouble``; empty while it is open. Blocking."""
    model: Callable[[], Awaitable[ComponentHealth | None]]
    """How models answer, redacted; None while they do. Messages are relayed all the same."""
    is_disk_full: Callable[[], bool] = lambda: False
    latest: Heartbeat | None = None
    _look: asyncio.Event = field(default_factory=asyncio.Event)
    _sent_at: float = 0.0

    def look(self) -> None:
        """Something changed: look at once and tell the hub."""
        self._look.set()

    async def run(self) -> None:
        """Look, tell, wait; again and again."""
        async with httpx.AsyncClient(
            timeout=_PROBE_SECONDS, trust_env=False, verify=trusted_authorities()
        ) as http:
            while True:
                await self._examine(http)
                pause = _PAUSE_WHEN_READY_SECONDS if self.door.is_open else _PAUSE_UNTIL_READY_SECONDS
                try:
                    async with asyncio.timeout(pause):
                        await self._look.wait()
                except TimeoutError:
                    continue
                self._look.clear()
                self._sent_at = 0.0

    async def _examine(self, http: httpx.AsyncClient) -> None:
        probes = await asyncio.gather(*(_probe(http, name, url) for name, url in self.urls.items()))
        count, head, audit_problems = await self._audit_head()
        checked = [*probes, *audit_problems, *await self._vault(), *self._disk()]
        self.door.set_healthy(all(part.is_healthy for part in checked))
        figures = self.metrics.read()
        heartbeat = Heartbeat(
            daemon_version=self.versions.daemon,
            openclaw_version=self.versions.openclaw,
            config_version=self.config_version(),
            is_ready=self.door.is_open,
            components=[*checked, *await self._model(), self._openclaw()],
            cpu_percent=figures.cpu_percent,
            memory_used_bytes=figures.memory_used_bytes,
            memory_total_bytes=figures.memory_total_bytes,
            disk_used_bytes=figures.disk_used_bytes,
            disk_total_bytes=figures.disk_total_bytes,
            audit_head=head,
            audit_count=count,
            outbox_depth=self.outbox_depth(),
        )
        if self._is_due(heartbeat):
            self._sent_at = time.monotonic()
            self.send(heartbeat)
        self.latest = heartbeat

    async def _audit_head(self) -> tuple[int, str, list[ComponentHealth]]:
        """Number of entries and hash of the newest; if they cannot be read, the last ones and a sick part."""
        try:
            return *await asyncio.to_thread(self.audit.head), []
        except AuditUnavailable as exc:
            # Nothing may run now, and the link goes on to say so.
            log.error("health.audit_unavailable", error=str(exc))
        count, head = (self.latest.audit_count, self.latest.audit_head) if self.latest else (0, "")
        return count, head, [ComponentHealth(name="audit", is_healthy=False, detail="cannot be read")]

    def _openclaw(self) -> ComponentHealth:
        problem = self.openclaw_problem()
        return ComponentHealth(name="openclaw", is_healthy=self.door.has_gateway, detail=problem)

    async def _vault(self) -> list[ComponentHealth]:
        """A locked vault: what was read from it before may still be known, and nothing new may be done."""
        trouble = await asyncio.to_thread(self.vault_trouble)
        if not trouble:
            return []
        log.error("health.vault_locked", trouble=trouble)
        return [ComponentHealth(name=VAULT, is_healthy=False, detail=trouble)]

    def _disk(self) -> list[ComponentHealth]:
        """A full disk: no message can be journaled and no call audited, so none is taken."""
        if not self.is_disk_full():
            return []
        log.error("health.disk_full")
        return [ComponentHealth(name=DISK, is_healthy=False, detail=DiskTrouble.FULL)]

    async def _model(self) -> list[ComponentHealth]:
        """The model while it does not answer. It is no part of this server: the door stays open."""
        model = await self.model()
        return [model] if model else []

    def _is_due(self, new: Heartbeat) -> bool:
        old = self.latest
        if old is None or time.monotonic() - self._sent_at >= HEARTBEAT_SECONDS:
            return True
        return (old.is_ready, old.components, old.config_version) != (
            new.is_ready,
            new.components,
            new.config_version,
        )


async def _probe(http: httpx.AsyncClient, name: str, url: str) -> ComponentHealth:
    try:
        answer = await http.get(url)
    except httpx.HTTPError as exc:
        return ComponentHealth(name=name, is_healthy=False, detail=f"no answer ({type(exc).__name__})")
    is_healthy = answer.status_code == httpx.codes.OK
    return ComponentHealth(
        name=name, is_healthy=is_healthy, detail="" if is_healthy else f"answered {answer.status_code}"
    )

"""Sends signed heads of the audit trail to the hub, and lets go of entries that are old enough."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from tenant_daemon.audit import AuditTrail, AuditUnavailable
from tenant_daemon.audit.heads import HeadBook, let_go
from tenant_daemon.audit.signing import HeadKey, KeyUnusable
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.outbox import LinkStore, OutboxFull
from tenant_daemon.settings import Audit

_PRUNE_EVERY_REPORTS: Final = 12

log = structlog.get_logger()


class AuditHeads:
    """Runs until cancelled."""

    def __init__(
        self, home: TenantHome, trail: AuditTrail, store: LinkStore, settings: Audit, wake: Callable[[], None]
    ) -> None:
        self._home = home
        self._trail = trail
        self._store = store
        self._settings = settings
        self._wake = wake

    async def run(self) -> None:
        """Report at the start and then now and then; what fails is tried again the next time."""
        rounds = 0
        while True:
            try:
                if self.report():
                    self._wake()
                if rounds % _PRUNE_EVERY_REPORTS == 0:
                    await asyncio.to_thread(self.let_go)
            except (AuditUnavailable, KeyUnusable, OutboxFull) as exc:
                log.error("audit.head.unsent", error=str(exc))
            rounds += 1
            await asyncio.sleep(self._settings.report_seconds)

    def report(self) -> int:
        """Sign and hand over what is new; gives how many heads."""
        return HeadBook(self._trail, HeadKey.load_or_make(self._home)).report(self._store.put)

    def let_go(self) -> int:
        """Remove what is older than the retention; gives how many entries."""
        if not self._settings.keep_days:
            return 0
        gone = let_go(self._trail, self._settings.keep_days, actor="daemon:link")
        if gone:
            log.info("audit.pruned", entries=gone)
        return gone

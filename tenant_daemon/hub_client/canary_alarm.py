"""The alarm of a process that has the tenant's files: the audit has it, and the hub tells the owner."""

import time
from collections.abc import Callable
from contextlib import closing

from tenant_daemon.audit import AuditEvent, AuditRecord, AuditTrail
from tenant_daemon.contracts.secrets import CanarySeen
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.outbox import open_store
from tenant_daemon.redaction.alarm import Alarm
from tenant_daemon.vault import Vault, VaultLocked


class CanaryAlarm(Alarm):
    """Written down in the audit, and put into the outbox for the hub."""

    def __init__(
        self, home: TenantHome, vault: Vault, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(self._planted, (self._write_down, self._tell_owner), clock)
        self._home = home
        self._vault = vault

    def _planted(self) -> frozenset[str]:
        """None while the vault is locked, since nothing leaves then anyway."""
        try:
            return self._vault.canaries()
        except VaultLocked:
            return frozenset()

    def _write_down(self, seen: CanarySeen) -> None:
        record = AuditRecord(
            event=AuditEvent.CANARY_SEEN,
            actor=f"agent:{seen.agent_id}" if seen.agent_id else f"daemon:{seen.door}",
            subject=seen.name,
            summary=seen.door,
            conversation_id=seen.conversation_id,
        )
        with closing(AuditTrail.open(self._home)) as trail:
            trail.append(record)

    def _tell_owner(self, seen: CanarySeen) -> None:
        with closing(open_store(self._home.link_db)) as store:
            store.put(seen)

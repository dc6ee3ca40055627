"""The wrapper put together. ``open_parts`` is the one place that chooses its collaborators."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog

from tenant_daemon.audit import AuditTrail, AuditUnavailable
from tenant_daemon.execution import AskColleague, Executor, Limits
from tenant_daemon.execution.call_groups import CallGroups
from tenant_daemon.execution.identity import identity_of
from tenant_daemon.execution.shell_changes import WorkspaceWatch
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.database import Database
from tenant_daemon.kit.name_lookup import look_up
from tenant_daemon.policy.judgement import PolicyContext, Resolve
from tenant_daemon.safety.announcer import Announcer
from tenant_daemon.safety.approval_store import ApprovalStore
from tenant_daemon.safety.call_traces import CallTraces
from tenant_daemon.safety.calls import CallStore
from tenant_daemon.safety.changes import ChangeDesk
from tenant_daemon.safety.config_source import ConfigSource
from tenant_daemon.safety.gate import Gate
from tenant_daemon.safety.live import LiveCalls, Patience
from tenant_daemon.safety.pace import PaceKeeper
from tenant_daemon.safety.pending import PendingApprovals
from tenant_daemon.safety.ports import Classify, CurrentRedactor, HubDoor
from tenant_daemon.safety.tables import TABLES
from tenant_daemon.safety.wrapper import SafetyWrapper
from tenant_daemon.settings import TenantSettings
from tenant_daemon.vault import Vault, VaultLocked
from tenant_daemon.vault.steps.chosen import steps_by_name

log = structlog.get_logger()


@dataclass(frozen=True)
class Collaborators:
    """Parts of other packages that the wrapper works with."""

    vault: Vault
    classify: Classify
    redactor: CurrentRedactor
    hub: HubDoor
    ask_colleague: AskColleague
    resolve: Resolve = look_up
    traces: CallTraces = field(default_factory=CallTraces)


@dataclass(frozen=True)
class Parts:
    """What the HTTP routes use."""

    gate: Gate
    approvals: ApprovalStore
    pending: PendingApprovals
    live: LiveCalls
    announcer: Announcer
    wrapper: SafetyWrapper
    audit: AuditTrail
    vault: Vault
    changes: ChangeDesk

    def problem(self) -> str:
        """Why nothing can run, empty when all is well."""
        try:
            self.audit.head()
            self.vault.version()
        except (AuditUnavailable, VaultLocked) as exc:
            return str(exc)
        return self.wrapper.audit_problem


@asynccontextmanager
async def open_parts(
    home: TenantHome,
    settings: TenantSettings,
    collaborators: Collaborators,
    *,
    patience: Patience | None = None,
    limits: Limits | None = None,
) -> AsyncIterator[Parts]:
    """Open everything, go on with the calls that a restart cut off, close it at the end."""
    await asyncio.to_thread(_warm_up, collaborators, home)
    vault = collaborators.vault
    audit = AuditTrail.open(home)
    database = Database(home.safety_db, TABLES)
    calls, approvals = CallStore(database), ApprovalStore(database)
    config = ConfigSource(home, database)
    gate = Gate(home, settings, collaborators.classify, config, approvals, vault, collaborators.resolve)
    announcer = Announcer(collaborators.hub, collaborators.redactor)
    pending = PendingApprovals(approvals, calls, gate, announcer, audit, vault)
    groups = await asyncio.to_thread(CallGroups.open)
    undo = UndoStore.open(home)
    await asyncio.to_thread(WorkspaceWatch.recover, undo, home)
    redactor = collaborators.redactor
    executor = Executor(
        home,
        vault,
        collaborators.ask_colleague,
        undo,
        limits,
        lambda: redactor().stream(),
        identity_of(settings.execution.user),
        groups,
        steps_by_name(settings.rotations, vault),
    )
    changes = ChangeDesk(home, undo, executor.undoing, announcer, audit)
    wrapper = SafetyWrapper(
        calls,
        gate,
        pending,
        executor,
        audit,
        announcer,
        changes,
        PaceKeeper(settings.pace),
        collaborators.traces,
    )
    live = LiveCalls(wrapper, calls, approvals, pending, announcer, patience or Patience())
    live.resume()
    try:
        await changes.announce()
        yield Parts(gate, approvals, pending, live, announcer, wrapper, audit, vault, changes)
    finally:
        await live.close()
        await announcer.close()
        for part in (database, undo, audit):
            part.close()


def _warm_up(collaborators: Collaborators, home: TenantHome) -> None:
    """
    Load rules and compile patterns now, since it takes up to a second, and not in the first call.

    Rules that are broken stop the start: nothing could be judged by them.
    """
    collaborators.classify("shell", {"command": "true"}, PolicyContext(home.root.resolve()))
    try:
        collaborators.redactor().redact("")
    except VaultLocked as exc:
        # The wrapper starts all the same and says so at /healthz; it runs nothing meanwhile.
        log.error("wrapper.redactor.unavailable", reason=str(exc))

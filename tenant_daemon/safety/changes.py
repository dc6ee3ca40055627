"""Tells the hub what calls have changed, and puts things back when a person asks."""

import asyncio
from pathlib import Path
from typing import Final

import structlog

from tenant_daemon.audit import AuditEvent, AuditRecord, AuditTrail
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.changes import (
    ChangeKind,
    ChangeRecorded,
    ChangeSettled,
    UndoRequested,
)
from tenant_daemon.execution.files import read_up_to
from tenant_daemon.execution.outcome import ActionFailed
from tenant_daemon.execution.safe_paths import open_file
from tenant_daemon.execution.undo import Change, UndoStore
from tenant_daemon.execution.undoing import CannotUndo, ChangeNotFound, Undoing, shown_path
from tenant_daemon.home import TenantHome
from tenant_daemon.safety.announcer import Announcer
from tenant_daemon.safety.previews import DIFF_BYTES, text_diff

_TOO_LATE: Final = "It is too long ago: what was there before is no longer kept."
_NOT_RECORDED: Final = "The audit trail cannot be written, so nothing is changed."

log = structlog.get_logger()


class ChangeDesk:
    """One per wrapper."""

    def __init__(
        self, home: TenantHome, undo: UndoStore, undoing: Undoing, announcer: Announcer, audit: AuditTrail
    ) -> None:
        self._home = home
        self._undo = undo
        self._undoing = undoing
        self._announcer = announcer
        self._audit = audit
        self._one_at_a_time = asyncio.Lock()
        self._announcing = asyncio.Lock()

    async def announce(self) -> None:
        """Tell the hub of changes that it has not heard of. What cannot be told now is told later."""
        async with self._announcing:
            try:
                for change in await asyncio.to_thread(self._undo.unannounced):
                    self._announcer.change(await asyncio.to_thread(self._message, change))
                    self._undo.mark_announced(change.id)
            except Exception as exc:  # noqa: BLE001 - the change stands; it is told after the next call or start
                log.error("change.unannounced", error=type(exc).__name__)

    def list(self) -> list[Change]:
        """What was changed in the last days, newest first."""
        return self._undo.all()

    def view(self, change: Change) -> dict[str, object]:
        """A change as the command line sees it; redacted."""
        return {
            "change_id": change.id,
            "change": change.kind,
            "path": self._announcer.redact(str(change.path)),
            "agent_id": change.agent_id,
            "created_at": change.created_at.isoformat(),
            "undo_until": change.undo_until.isoformat(),
            "can_undo": change.can_undo and not change.is_undone,
            "is_undone": change.is_undone,
        }

    async def undo(self, wish: UndoRequested) -> Change:
        """
        Put a change back for a person, and report to the hub how that went.

        Raises:
            ChangeNotFound: No such change, or too long ago.
            CannotUndo: It is not what the change left any more.
            AuditUnavailable: It cannot be recorded, so nothing is done.
        """
        async with self._one_at_a_time:
            try:
                change = await self._put_back(wish)
            except ChangeNotFound:
                self._report(wish, _TOO_LATE)
                raise
            except CannotUndo as exc:
                self._report(wish, str(exc), is_final=exc.is_final)
                raise
            self._report(wish, "")
        await self.announce()
        return self._undo.get(change.id)

    async def _put_back(self, wish: UndoRequested) -> Change:
        held = self._undo.get(wish.change_id)
        if held.is_undone:
            return held
        self._audit.append(self._record(AuditEvent.UNDO_BEGUN, held, wish))
        try:
            change = await asyncio.to_thread(self._undoing.undo, wish.change_id, wish.requested_by)
        except CannotUndo as exc:
            self._audit.append(self._record(AuditEvent.UNDO_REFUSED, held, wish, str(exc)))
            raise
        self._audit.append(self._record(AuditEvent.UNDO_ENDED, held, wish))
        log.info("change.undone", change_id=change.id, kind=change.kind.value)
        return change

    def _report(self, wish: UndoRequested, problem: str, *, is_final: bool = True) -> None:
        self._announcer.change(
            ChangeSettled(
                change_id=wish.change_id,
                is_undone=not problem,
                detail=self._announcer.redact(problem)[:500],
                is_final=is_final,
                requested_by=wish.requested_by,
                settled_at=utc_now(),
            )
        )

    def _record(
        self, event: AuditEvent, change: Change, wish: UndoRequested, reason: str = ""
    ) -> AuditRecord:
        return AuditRecord(
            event=event,
            actor=wish.requested_by,
            subject=change.id,
            summary=self._announcer.redact(f"Put back {change.path} ({change.kind})")[:2_000],
            call_id=change.call_id,
            session_id=change.session_id,
            conversation_id=change.conversation_id,
            approver=wish.requested_by,
            reason=self._announcer.redact(reason)[:2_000],
        )

    def _message(self, change: Change) -> ChangeRecorded:
        redact = self._announcer.redact
        workspace = self._home.workspace(change.agent_id).resolve()
        source = shown_path(change.moved_from, workspace) if change.moved_from else ""
        return ChangeRecorded(
            change_id=change.id,
            conversation_id=change.conversation_id or None,
            agent_id=change.agent_id,
            tool_call_id=change.call_id,
            change=change.kind,
            path=redact(shown_path(change.path, workspace))[:500],
            moved_from=redact(source)[:500],
            setting=redact(change.setting)[:120],
            diff=redact(self._diff(change))[:20_000],
            undoes=change.undoes,
            made_by=change.made_by,
            can_undo=change.can_undo,
            created_at=change.created_at,
            undo_until=change.undo_until,
        )

    def _diff(self, change: Change) -> str:
        """Before and after, for a text file that is no list of settings and was not changed again since."""
        if change.setting or change.kind is ChangeKind.MOVED or ".env" in change.path.name:
            return ""
        before = b""
        if change.copy_bytes is not None:
            try:
                before = self._undo.content(change.id)
            except FileNotFoundError:
                return ""
        after = _text_at(change.path) if change.after else b""
        if after is None or b"\0" in before + after or max(len(before), len(after)) > DIFF_BYTES:
            return ""
        return text_diff(
            change.path.name, before.decode("utf-8", "replace"), after.decode("utf-8", "replace")
        )


def _text_at(path: Path) -> bytes | None:
    try:
        with open_file(path) as handle:
            return read_up_to(handle, DIFF_BYTES + 1)
    except (ActionFailed, OSError):
        return None

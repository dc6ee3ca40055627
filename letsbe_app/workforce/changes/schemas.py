"""What changes look like from outside."""

from dataclasses import dataclass
from datetime import datetime

from letsbe_app.db.models import ChangeStatus, FileChange
from letsbe_app.workforce.changes.content import ChangeTexts


@dataclass(frozen=True)
class ChangeView:
    """A change of a file or setting. Texts are redacted by the server."""

    id: str
    tenant_id: str
    conversation_id: str | None
    agent_id: str
    tool_call_id: str
    change: str
    """As ``ChangeKind``."""
    path: str
    moved_from: str
    setting: str
    diff: str
    undoes: str
    is_by_person: bool
    """A person put something back; otherwise it was the agent's work."""
    status: str
    """As ``ChangeStatus``."""
    detail: str
    """Why it was not put back, when that was tried."""
    can_undo: bool
    is_too_late: bool
    created_at: datetime
    undo_until: datetime
    settled_at: datetime | None
    open_beside: int = 0
    """How many changes of the same call can still be undone, this one not counted; in lists alone."""


@dataclass(frozen=True)
class UndoPlan:
    """What undoing all that one call or answer changed would do, newest first: in this order it is undone."""

    changes: list[ChangeView]
    """They will be put back."""
    left: list[ChangeView]
    """They stay: put back already or just now, or nothing is kept of how it was."""
    is_cut: bool
    """There is more than can be undone at a time."""


@dataclass(frozen=True)
class UndoOutcome:
    """What became of one of several wishes."""

    change_id: str
    is_asked: bool
    problem: str = ""


def can_be_undone(row: FileChange, now: datetime) -> bool:
    """Whether asking the server for it makes sense."""
    return row.can_undo and row.status == ChangeStatus.MADE and now < row.undo_until


def change_view(row: FileChange, texts: ChangeTexts, now: datetime, open_beside: int = 0) -> ChangeView:
    """The view of a row."""
    return ChangeView(
        id=row.id,
        tenant_id=row.tenant_id,
        conversation_id=row.conversation_id,
        agent_id=row.agent_id,
        tool_call_id=row.tool_call_id,
        change=row.change,
        path=texts.path,
        moved_from=texts.moved_from,
        setting=texts.setting,
        diff=texts.diff,
        undoes=row.undoes,
        is_by_person=bool(row.made_by),
        status=row.status,
        detail=texts.detail,
        can_undo=can_be_undone(row, now),
        is_too_late=now >= row.undo_until,
        created_at=row.created_at,
        undo_until=row.undo_until,
        settled_at=row.settled_at,
        open_beside=open_beside,
    )

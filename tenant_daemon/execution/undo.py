"""
What calls change, and copies of what was there before, kept for a while so that it can be put back.

A copy is a file below ``undo/`` in the home, its row lies in ``safety.db``. The copy is whole and the row is
written before the change begins; the row is settled when the change is over. So at any moment a kill leaves
either no change, or a change that can be put back.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict

from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.changes import ChangeKind
from tenant_daemon.execution.marks import ABSENT, LARGE_BYTES, mark_of, mark_of_open
from tenant_daemon.execution.outcome import CallScope
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.database import Database

KEPT: Final = timedelta(days=7)
MAX_BYTES: Final = LARGE_BYTES
"""Larger files are not copied; the answer to the agent says so."""
MAX_KEPT_BYTES: Final = 2_048 * 1_048_576
"""Of all copies together; the oldest make room."""
_CHUNK_BYTES: Final = 1_048_576

UNDO_TABLES: Final = """
CREATE TABLE IF NOT EXISTS changes (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    change TEXT NOT NULL,
    after TEXT,
    copy_bytes INTEGER,
    undo_until TEXT NOT NULL,
    is_announced INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS changes_by_state ON changes (state, is_announced);
"""

_BEGUN: Final = "begun"
_MADE: Final = "made"
_UNDONE: Final = "undone"


class Change(BaseModel):
    """What a call did, or is about to do, to one file."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    kind: ChangeKind
    path: Path
    moved_from: Path | None = None
    setting: str = ""
    mode: int = 0o600
    before: str = ABSENT
    """Mark of what lay at ``path`` before (``marks.py``)."""
    after: str | None = None
    """Mark of what lies there after it; None while that is not known."""
    copy_bytes: int | None = None
    """Size of the copy; None when there is none."""
    agent_id: str
    session_id: str
    conversation_id: str
    call_id: str
    made_by: str = ""
    undoes: str = ""
    created_at: AwareDatetime
    undo_until: AwareDatetime
    is_undone: bool = False

    @property
    def can_undo(self) -> bool:
        """Moving back needs a copy only where something was moved over."""
        return self.before == ABSENT or self.copy_bytes is not None


class ChangeNotFound(Exception):
    """No change has this id, or it is too long ago."""


class UndoStore:
    """Rows and copies. Blocking: call it in a thread."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    @classmethod
    def open(cls, home: TenantHome) -> "UndoStore":
        """The store of this home, brought to order after a crash."""
        store = cls(Database(home.safety_db, UNDO_TABLES), home.root / "undo")
        store.recover()
        return store

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def keeping(
        self,
        path: Path,
        kind: ChangeKind,
        scope: CallScope,
        *,
        handle: int | None = None,
        moved_from: Path | None = None,
        setting: str = "",
        after: str | None = None,
    ) -> Iterator[Change]:
        """
        Around one change: the copy is made before it, the row is settled after it, whatever happened.

        Args:
            handle: The file that is there now, open for reading; None when there is none.
            after: Mark of what will be there, where it is known beforehand.
        """
        change = self.begin(
            path, kind, scope, handle=handle, moved_from=moved_from, setting=setting, after=after
        )
        try:
            yield change
        finally:
            self.settle([change])

    def begin(
        self,
        path: Path,
        kind: ChangeKind,
        scope: CallScope,
        *,
        handle: int | None = None,
        moved_from: Path | None = None,
        setting: str = "",
        after: str | None = None,
        before: str = ABSENT,
        mode: int | None = None,
    ) -> Change:
        """
        The first half of ``keeping``; ``settle`` is the second.

        Args:
            before: What was there, where it is over already and no copy was made.
            mode: Its permissions, where ``handle`` is of another file with the same content.
        """
        now = utc_now()
        change_id = f"chg_{secrets.token_hex(12)}"
        status = os.fstat(handle) if handle is not None else None
        change = Change(
            id=change_id,
            kind=kind,
            path=path,
            moved_from=moved_from,
            setting=setting,
            mode=mode if mode is not None else status.st_mode & 0o7777 if status else 0o600,
            before=mark_of_open(handle) if handle is not None else before,
            after=after,
            copy_bytes=self._copy(change_id, handle) if handle is not None else None,
            agent_id=scope.agent_id,
            session_id=scope.session_id,
            conversation_id=scope.conversation_id,
            call_id=scope.call_id,
            made_by=scope.made_by,
            undoes=scope.undoes,
            created_at=now,
            undo_until=now + KEPT,
        )
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO changes (id, state, change, after, copy_bytes, undo_until)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    change.id,
                    _BEGUN,
                    change.model_dump_json(),
                    change.after,
                    change.copy_bytes,
                    change.undo_until.isoformat(),
                ),
            )
        return change

    def settle(self, changes: Iterable[Change]) -> None:
        """The changes are over. One that did not happen is forgotten, with its copy."""
        for change in changes:
            present = mark_of(change.path)
            if not _has_happened(change, present):
                self._forget([change.id])
                continue
            after = present if change.after is None else change.after
            # An absent file was deleted, whatever it was begun as.
            made = change.model_copy(update={"kind": _kind_of(change, after)})
            with self._database.writing() as db:
                db.execute(
                    "UPDATE changes SET state = ?, after = ?, change = ? WHERE id = ?",
                    (_MADE, after, made.model_dump_json(), change.id),
                )

    def discard(self, change: Change) -> None:
        """It is told of as another change."""
        self._forget([change.id])

    def recover(self) -> None:
        """After a start: settle what a crash left open, remove what is too old or belongs to nothing."""
        self.settle(self._in_state(_BEGUN))
        self.forget_old()
        with self._database.reading() as db:
            known = {row["id"] for row in db.execute("SELECT id FROM changes WHERE copy_bytes IS NOT NULL")}
        for name in os.listdir(self._folder) if self._folder.exists() else ():
            if name not in known:
                (self._folder / name).unlink(missing_ok=True)

    def get(self, change_id: str) -> Change:
        """Raises ChangeNotFound."""
        with self._database.reading() as db:
            row = db.execute(
                "SELECT * FROM changes WHERE id = ? AND state <> ?", (change_id, _BEGUN)
            ).fetchone()
        if row is None or row["undo_until"] <= utc_now().isoformat():
            raise ChangeNotFound(change_id)
        return _change(row)

    def all(self) -> list[Change]:
        """What was changed, newest first."""
        return sorted(self._in_state(_MADE, _UNDONE), key=lambda change: change.created_at, reverse=True)

    def unannounced(self) -> list[Change]:
        """Changes that nobody was told of, oldest first."""
        return self._in_state(_MADE, _UNDONE, unannounced_only=True)

    def mark_announced(self, change_id: str) -> None:
        with self._database.writing() as db:
            db.execute("UPDATE changes SET is_announced = 1 WHERE id = ?", (change_id,))

    def mark_undone(self, change_id: str) -> None:
        """It was put back; the copy has done its duty."""
        with self._database.writing() as db:
            db.execute("UPDATE changes SET state = ?, copy_bytes = NULL WHERE id = ?", (_UNDONE, change_id))
        (self._folder / change_id).unlink(missing_ok=True)

    def content(self, change_id: str) -> bytes:
        """The kept bytes; raises FileNotFoundError."""
        if not change_id.replace("_", "").isalnum():
            raise FileNotFoundError(change_id)
        return (self._folder / change_id).read_bytes()

    def forget_old(self) -> None:
        """Remove what can no longer be put back, and the oldest copies where there are too many."""
        now = utc_now().isoformat()
        with self._database.reading() as db:
            old = db.execute("SELECT id FROM changes WHERE undo_until <= ?", (now,)).fetchall()
            kept = db.execute(
                "SELECT id, copy_bytes FROM changes WHERE copy_bytes IS NOT NULL ORDER BY position DESC"
            ).fetchall()
        self._forget(row["id"] for row in old)
        total = 0
        for row in kept:
            total += row["copy_bytes"]
            if total > MAX_KEPT_BYTES:
                self._drop_copy(row["id"])

    def _copy(self, change_id: str, handle: int) -> int | None:
        if os.fstat(handle).st_size > MAX_BYTES:
            return None
        self.forget_old()
        self._folder.mkdir(mode=0o700, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        position = 0
        with os.fdopen(os.open(self._folder / change_id, flags, 0o600), "wb") as copy:
            while chunk := os.pread(handle, _CHUNK_BYTES, position):
                position += copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
        _sync_folder(self._folder)
        return position

    def _drop_copy(self, change_id: str) -> None:
        with self._database.writing() as db:
            db.execute("UPDATE changes SET copy_bytes = NULL WHERE id = ?", (change_id,))
        (self._folder / change_id).unlink(missing_ok=True)

    def _forget(self, change_ids: Iterable[str]) -> None:
        for change_id in list(change_ids):
            with self._database.writing() as db:
                db.execute("DELETE FROM changes WHERE id = ?", (change_id,))
            with suppress(FileNotFoundError):
                (self._folder / change_id).unlink()

    def _in_state(self, *states: str, unannounced_only: bool = False) -> list[Change]:
        marks = ", ".join("?" for _ in states)
        with self._database.reading() as db:
            rows = db.execute(
                f"SELECT * FROM changes WHERE state IN ({marks}) AND is_announced <= ?"  # noqa: S608 - only marks
                " ORDER BY position",
                (*states, 0 if unannounced_only else 1),
            ).fetchall()
        return [_change(row) for row in rows]


def _has_happened(change: Change, present: str) -> bool:
    if change.kind is ChangeKind.MOVED:
        return present == change.after and present != change.before
    return present != change.before


def _kind_of(change: Change, after: str) -> ChangeKind:
    is_gone = after == ABSENT and change.kind is not ChangeKind.MOVED
    return ChangeKind.DELETED if is_gone else change.kind


def _change(row: sqlite3.Row) -> Change:
    """The row's columns are newer than what stands in its text."""
    newest = {
        "after": row["after"],
        "copy_bytes": row["copy_bytes"],
        "is_undone": row["state"] == _UNDONE,
    }
    return Change.model_validate_json(row["change"]).model_copy(update=newest)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

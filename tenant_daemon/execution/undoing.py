"""Putting a change back, unless somebody has changed the file since."""

from pathlib import Path

from tenant_daemon.contracts.changes import ChangeKind
from tenant_daemon.execution.files import Files
from tenant_daemon.execution.marks import ABSENT, mark_of
from tenant_daemon.execution.outcome import ActionFailed, CallScope
from tenant_daemon.execution.undo import Change, ChangeNotFound, UndoStore

_CHANGED_SINCE = (
    "It was changed again since, so putting it back would lose that. Undo what came after it first."
)
_NO_COPY = "No copy of how it was before is kept: the file was too large, or had to make room."
_TAKEN = "Something else lies at its old place now."


class CannotUndo(Exception):
    """It is not put back; the message says why, in words for the owner."""

    def __init__(self, reason: str, *, is_final: bool = True) -> None:
        super().__init__(reason)
        self.is_final = is_final
        """False when asking again later may work."""


class Undoing:
    """Undoes one change at a time; doing it twice does it once. Blocking: call it in a thread."""

    def __init__(self, store: UndoStore, files: Files) -> None:
        self._store = store
        self._files = files

    def undo(self, change_id: str, user: str) -> Change:
        """
        Put back what was there before. That is a change itself, which can be undone as well.

        Raises:
            ChangeNotFound: No such change, or more than seven days ago.
            CannotUndo: It is not what the change left any more.
        """
        change = self._store.get(change_id)
        if change.is_undone:
            return change
        try:
            self._put_back(change, _scope_of(change, user))
        except (ActionFailed, OSError) as exc:
            raise CannotUndo(f"It could not be put back: {exc}", is_final=False) from exc
        self._store.mark_undone(change_id)
        return change

    def _put_back(self, change: Change, scope: CallScope) -> None:
        if change.kind is ChangeKind.MOVED:
            return self._move_back(change, scope)
        present = mark_of(change.path)
        if present == change.before:
            # A crash came between putting it back and noting that.
            return None
        # What somebody else took away cannot be lost once more; what an agent did is undone in its order.
        is_gone = present == ABSENT and not self._was_followed(change)
        if present != change.after and not is_gone:
            raise CannotUndo(_CHANGED_SINCE, is_final=False)
        if change.before == ABSENT:
            self._files.remove(change.path, scope)
        else:
            self._write(change, scope)
        return None

    def _was_followed(self, change: Change) -> bool:
        """Whether something is recorded of the file that came later and stands."""
        for later in self._store.all():
            if later.id == change.id:
                return False
            if not later.is_undone and change.path in {later.path, later.moved_from}:
                return True
        return False

    def _move_back(self, change: Change, scope: CallScope) -> None:
        assert change.moved_from is not None
        present, source = mark_of(change.path), mark_of(change.moved_from)
        if present == change.after:
            if source != ABSENT:
                raise CannotUndo(_TAKEN, is_final=False)
            self._files.rename(change.path, change.moved_from, scope)
        elif source != change.after or present not in {ABSENT, change.before}:
            raise CannotUndo(_CHANGED_SINCE, is_final=False)
        # A crash may have come after moving it back, or after putting back what it had replaced.
        if mark_of(change.path) != change.before:
            self._write(change, scope)

    def _write(self, change: Change, scope: CallScope) -> None:
        if change.copy_bytes is None:
            raise CannotUndo(_NO_COPY)
        self._files.replace(
            change.path,
            self._store.content(change.id),
            kind=change.kind if change.kind is ChangeKind.SETTING else ChangeKind.CHANGED,
            scope=scope,
            mode=change.mode,
            setting=change.setting,
        )


def _scope_of(change: Change, user: str) -> CallScope:
    return CallScope(
        agent_id=change.agent_id,
        session_id=change.session_id,
        conversation_id=change.conversation_id,
        call_id=change.call_id,
        is_approved=True,
        made_by=user,
        undoes=change.id,
    )


def shown_path(path: Path, workspace: Path) -> str:
    """A path as the owner knows it."""
    return str(path.relative_to(workspace)) if path.is_relative_to(workspace) else str(path)


__all__ = ["CannotUndo", "ChangeNotFound", "Undoing", "shown_path"]

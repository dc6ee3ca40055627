"""
What a command changes in the agent's workspace, so that it can be put back.

Nobody can tell beforehand what a program will write. So copies are made of what it names and of what its
output is sent to; what it turns out not to have touched is forgotten again. Of everything else in the
workspace there is a second copy (``shadow.py``). A file that was changed and has none, because the
workspace is too large, is listed as one that cannot be undone.
"""

import os
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from tenant_daemon.contracts.changes import ChangeKind
from tenant_daemon.execution.commands import commands_of
from tenant_daemon.execution.marks import ABSENT, mark_of
from tenant_daemon.execution.outcome import ActionFailed, CallScope
from tenant_daemon.execution.safe_paths import open_file
from tenant_daemon.execution.shadow import FileState, Shadow, Workspace
from tenant_daemon.execution.undo import Change, UndoStore
from tenant_daemon.home import TenantHome
from tenant_daemon.policy.actions import RunPipelines

MAX_LOOKED_AT: Final = 5_000
"""Files in a workspace; in a larger one only what is named is watched."""
MAX_NAMED: Final = 200
MAX_TOLD: Final = 200
"""Changes of one call that are listed."""
_NOT_KEPT: Final = "not kept"
_UNTOLD_FOLDERS: Final = frozenset({".git", ".output", "node_modules", "__pycache__", ".venv"})
"""A program's own affairs: many files, none of which a person would put back alone."""


class WorkspaceWatch:
    """``begin`` before the command, ``end`` after it. Blocking: call it in a thread."""

    def __init__(self, undo: UndoStore, shadow: Shadow, workspace: Path, scope: CallScope) -> None:
        self._undo = undo
        self._shadow = shadow
        self._workspace = workspace.resolve()
        self._scope = scope
        self._before: Workspace | None = None
        self._note_of_before: Path | None = None
        self._kept: dict[Path, Change] = {}
        self._told: set[Path] = set()
        """Of which this call has told before a crash."""

    @classmethod
    def recover(cls, undo: UndoStore, home: TenantHome) -> None:
        """After a start: look what the commands changed that a crash cut off."""
        for shadow in Shadow.all(home):
            for note, before, scope in shadow.left_open():
                watch = cls(undo, shadow, home.workspace(scope.agent_id), scope)
                watch._before, watch._note_of_before = before, note
                watch._told = {change.path for change in undo.all() if change.call_id == scope.call_id}
                watch.end()

    def begin(self, action: RunPipelines, redirected: list[Path]) -> None:
        """
        Look around and make the copies.

        Args:
            redirected: Files that output is sent to, wherever they are.
        """
        for path in redirected:
            self._keep(path)
        if self._scope.is_reading:
            return
        self._before = self._look()
        for path in islice(self._named(action), MAX_NAMED):
            self._keep(path)
        if self._before is not None:
            self._note_of_before = self._shadow.begin(self._before, self._scope)

    def end(self) -> None:
        """Settle what was kept and note what else is different."""
        now = self._look() if self._before is not None else None
        if self._before is not None and now is not None:
            new = [path for path in now if path not in self._before and path not in self._told]
            self._note_moves(new, self._before, now)
            for path in [path for path in new if path not in self._kept][:MAX_TOLD]:
                self._note(path, ChangeKind.CREATED)
            for path, state in self._lost(self._before, now)[:MAX_TOLD]:
                with self._shadow.opened(state) as copy:
                    self._note(path, ChangeKind.CHANGED, state, copy)
        self._undo.settle(self._kept.values())
        if self._note_of_before is not None:
            self._shadow.end(self._note_of_before)

    def _lost(self, before: Workspace, now: Workspace) -> list[tuple[Path, FileState]]:
        told = self._told | self._kept.keys()
        return [
            (path, state)
            for path, state in before.items()
            if now.get(path) != state and path not in told and not state.is_folder
        ]

    def _note_moves(self, new: list[Path], before: Workspace, now: Workspace) -> None:
        """A file that left one path and came to another was moved, which is one change and not two."""
        sources = {seen: path for path, seen in before.items() if path not in now and not seen.is_folder}
        for path in list(new):
            source = sources.pop(now[path], None)
            if source is None:
                continue
            new.remove(path)
            if source in self._kept:
                self._undo.discard(self._kept.pop(source))
            before.pop(source)
            change = self._undo.begin(
                path, ChangeKind.MOVED, self._scope, moved_from=source, after=mark_of(path)
            )
            self._undo.settle([change])

    def _keep(self, path: Path) -> None:
        if path in self._kept:
            return
        try:
            with open_file(path) as handle:
                change = self._undo.begin(path, ChangeKind.CHANGED, self._scope, handle=handle)
        except (ActionFailed, OSError):
            if os.path.lexists(path):
                return
            change = self._undo.begin(path, ChangeKind.CREATED, self._scope)
        self._kept[path] = change

    def _note(
        self, path: Path, kind: ChangeKind, state: FileState | None = None, copy: int | None = None
    ) -> None:
        """It is over already; what was there before is known by its copy, if at all."""
        before = _NOT_KEPT if state is not None and copy is None else ABSENT
        mode = state.mode if state is not None else None
        change = self._undo.begin(path, kind, self._scope, before=before, handle=copy, mode=mode)
        self._undo.settle([change])

    def _named(self, action: RunPipelines) -> Iterator[Path]:
        for command, cwd in commands_of(action):
            for word in command.argv[1:]:
                yield from self._files_at(Path(os.path.normpath(cwd / word.rpartition("=")[2])))

    def _files_at(self, path: Path) -> Iterator[Path]:
        if not path.is_relative_to(self._workspace):
            return
        try:
            kind = os.lstat(path).st_mode
        except (OSError, ValueError):
            return
        if stat.S_ISREG(kind):
            yield path
        elif stat.S_ISDIR(kind) and path != self._workspace:
            yield from (file for file in self._files() if file.is_relative_to(path))

    def _files(self) -> list[Path]:
        return [path for path, seen in (self._before or {}).items() if not seen.is_folder]

    def _look(self) -> Workspace | None:
        """Every ordinary file and folder in the workspace, None when there are too many."""
        found: Workspace = {}
        folders = [self._workspace]
        while folders:
            try:
                entries = list(os.scandir(folders.pop()))
            except OSError:
                continue
            for entry in entries:
                try:
                    entry.name.encode()
                    status = entry.stat(follow_symlinks=False)
                except (OSError, UnicodeEncodeError):
                    # Moved away meanwhile by another call, or its whole path is too long to be named, or its
                    # name is no text (old archives bring such) and nobody could be told of it.
                    continue
                if stat.S_ISDIR(status.st_mode):
                    found[Path(entry.path)] = FileState(status.st_ino, is_folder=True)
                    if entry.name not in _UNTOLD_FOLDERS:
                        folders.append(Path(entry.path))
                elif stat.S_ISREG(status.st_mode):
                    found[Path(entry.path)] = FileState.of(status)
            if len(found) > MAX_LOOKED_AT:
                return None
        return found

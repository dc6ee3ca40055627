"""
A second copy of each workspace as it is before a call, so that whatever a command changes can be put back.

A copy is named after what its file was when it was made: number, size and times. So a call copies only what
was changed since the last one, and where the file system shares blocks (btrfs, xfs) copies take no room. What
lay where before the call is written down first (``begin``); after a crash that is compared all the same.
"""

import json
import os
import secrets
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from tenant_daemon.execution.outcome import ActionFailed, CallScope
from tenant_daemon.execution.safe_paths import open_file
from tenant_daemon.home import TenantHome

MOST_BYTES: Final = 128 * 1_048_576
"""Of all copies of a workspace. The small files come first."""
_COPYING_SECONDS: Final = 3.0
"""Of a call, at most. What a large new workspace needs beyond that the next calls copy."""
_NOTES: Final = "note-"
_DRAFT: Final = "draft"
_MOST_SYNCED: Final = 50
"""Where more is copied (the first time), the disk may take its time; kill -9 loses nothing all the same."""
_LOCK: Final = threading.Lock()
"""Calls of one agent that begin together share its copies."""


@dataclass(frozen=True)
class FileState:
    """By what a file is known to be the same."""

    inode: int
    size: int = 0
    changed_ns: int = 0
    is_folder: bool = False
    touched_ns: int = field(default=0, compare=False)
    """Anything about it; a move changes this, too."""
    mode: int = field(default=0o600, compare=False)

    @classmethod
    def of(cls, status: os.stat_result) -> "FileState":
        """Of an ordinary file."""
        return cls(
            status.st_ino,
            status.st_size,
            status.st_mtime_ns,
            touched_ns=status.st_ctime_ns,
            mode=stat.S_IMODE(status.st_mode),
        )

    def told(self) -> list[int]:
        """All fields in their order."""
        return [self.inode, self.size, self.changed_ns, self.is_folder, self.touched_ns, self.mode]

    @property
    def copy_name(self) -> str:
        """What its copy is called."""
        return f"{self.inode:x}-{self.size:x}-{self.changed_ns:x}-{self.touched_ns:x}"


Workspace = dict[Path, FileState]
"""Every ordinary file and folder in it."""


class Shadow:
    """The copies of one workspace. Blocking: call it in a thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def of(cls, home: TenantHome, agent_id: str) -> "Shadow":
        """That of an agent's workspace."""
        return cls(home.root / "shadow" / agent_id)

    @classmethod
    def all(cls, home: TenantHome) -> "Iterator[Shadow]":
        """Every one that there is."""
        for folder in (home.root / "shadow").glob("*"):
            yield cls(folder)

    def begin(self, before: Workspace, scope: CallScope) -> Path:
        """Bring the copies up to date, and note what is there; gives the note, for ``end``."""
        with _LOCK:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._refresh({path: state for path, state in before.items() if not state.is_folder})
            note = self._folder / f"{_NOTES}{secrets.token_hex(8)}"
            draft = self._folder / f"{_DRAFT}-{note.name}"
            lying = {str(path): state.told() for path, state in before.items()}
            draft.write_text(json.dumps({"scope": asdict(scope), "before": lying}))
            draft.rename(note)
            return note

    def end(self, note: Path) -> None:
        """What the note is about is settled."""
        note.unlink(missing_ok=True)

    @contextmanager
    def opened(self, state: FileState) -> Iterator[int | None]:
        """The copy of a file as it was, open for reading; None where there is none."""
        try:
            handle = os.open(self._folder / state.copy_name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            yield None
            return
        try:
            # A power cut may have left less of it than was written.
            yield handle if os.fstat(handle).st_size == state.size else None
        finally:
            os.close(handle)

    def left_open(self) -> Iterator[tuple[Path, Workspace, CallScope]]:
        """Notes of calls that a crash cut off, with what lay there and on whose behalf they ran."""
        for note in self._folder.glob(f"{_NOTES}*"):
            try:
                told = json.loads(note.read_text())
                before = {Path(name): FileState(*state) for name, state in told["before"].items()}
                scope = CallScope(**(told["scope"] | {"seen": ()}))
            except (OSError, ValueError, TypeError, KeyError):
                # It was cut off itself.
                self.end(note)
                continue
            yield note, before, scope

    def _refresh(self, files: Workspace) -> None:
        there = {name for name in os.listdir(self._folder) if not name.startswith(_NOTES)}
        wanted: dict[str, Path] = {}
        total = 0
        for path, state in sorted(files.items(), key=lambda item: item[1].size):
            total += state.size
            if total > MOST_BYTES:
                break
            wanted[state.copy_name] = path
        missing = [name for name in wanted if name not in there]
        until = time.monotonic() + _COPYING_SECONDS
        for name in missing:
            if time.monotonic() > until:
                break
            self._copy(wanted[name], name, is_synced=len(missing) <= _MOST_SYNCED)
        old = there - wanted.keys()
        for name in old - self._needed_by_others() if old else ():
            with suppress(FileNotFoundError):
                (self._folder / name).unlink()

    def _needed_by_others(self) -> set[str]:
        return {state.copy_name for _, before, _ in self.left_open() for state in before.values()}

    def _copy(self, path: Path, name: str, *, is_synced: bool) -> None:
        draft = self._folder / f"{_DRAFT}-{name}"
        try:
            with open_file(path) as handle, open(draft, "wb", buffering=0) as copy:
                _pour(handle, copy.fileno())
                is_same = FileState.of(os.fstat(handle)).copy_name == name
                if is_synced:
                    os.fsync(copy.fileno())
            if is_same:
                draft.rename(self._folder / name)
                return
        except (ActionFailed, OSError):
            # Gone, or not ours to read: then it has no copy.
            pass
        draft.unlink(missing_ok=True)


def _pour(source: int, target: int) -> None:
    """All of one open file into another, with shared blocks where the file system has them."""
    try:
        while os.copy_file_range(source, target, 1 << 30):
            pass
    except OSError:
        # Two file systems, or one that cannot.
        while os.sendfile(target, source, None, 1 << 30):
            pass

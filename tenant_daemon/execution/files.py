"""Reading, writing, moving and deleting files at judged real paths."""

import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tenant_daemon.contracts.changes import ChangeKind
from tenant_daemon.execution.head_tail import whole_lines
from tenant_daemon.execution.limits import Limits
from tenant_daemon.execution.marks import ABSENT, mark_of, mark_of_content
from tenant_daemon.execution.outcome import ActionFailed, CallScope, Outcome
from tenant_daemon.execution.safe_paths import open_file, open_folder, status_in
from tenant_daemon.execution.undo import Change, UndoStore
from tenant_daemon.policy.actions import DeletePath, ListFiles, MovePath, ReadFile, WriteFile

_NEW_FILE_MODE: Final = 0o600


class Files:
    """Blocking: call it in a thread."""

    def __init__(self, undo: UndoStore, limits: Limits) -> None:
        self._undo = undo
        self._limits = limits

    def read(self, action: ReadFile) -> Outcome:
        with open_file(action.path) as handle:
            size = os.fstat(handle).st_size
            content = read_up_to(handle, self._limits.read_bytes)
        if b"\0" in content[:8_192]:
            return Outcome(is_success=True, output=f"{action.path.name} is not a text file ({size} bytes).")
        if size <= len(content):
            return Outcome(is_success=True, output=content.decode("utf-8", "replace"))
        content = whole_lines(content)
        text = content.decode("utf-8", "replace")
        return Outcome(is_success=True, output=f"{text}\n[... cut after {len(content)} of {size} bytes]")

    def list(self, action: ListFiles) -> Outcome:
        with open_folder(action.path) as folder:
            listing = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
            try:
                names = sorted(os.listdir(listing))
                lines = [_describe(folder, name) for name in names[: self._limits.list_entries]]
            finally:
                os.close(listing)
        if len(names) > len(lines):
            lines.append(f"[... and {len(names) - len(lines)} more]")
        return Outcome(is_success=True, output="\n".join(lines) or "(empty)")

    def write(self, action: WriteFile, scope: CallScope) -> Outcome:
        content = action.content.encode()
        if len(content) > self._limits.write_bytes:
            raise ActionFailed(f"{len(content)} bytes are too much, at most {self._limits.write_bytes}")
        note = self.replace(action.path, content, kind=ChangeKind.CHANGED, scope=scope)
        return Outcome(is_success=True, output=f"Wrote {len(content)} bytes to {action.path.name}.{note}")

    def replace(
        self,
        path: Path,
        content: bytes,
        *,
        kind: ChangeKind,
        scope: CallScope,
        mode: int | None = None,
        setting: str = "",
    ) -> str:
        """
        Give a file new content: the old or the new is there at any moment, never half of it.

        The file keeps its owner, and its permissions unless ``mode`` is given; a new one is for this user
        alone. Gives what is to be said besides.
        """
        with open_folder(path.parent, create=True) as folder:
            held = status_in(folder, path.name)
            if held is not None and not stat.S_ISREG(held.st_mode):
                raise ActionFailed(f"{path} is not an ordinary file")
            if held is None:
                kind = ChangeKind.CREATED
            if mode is None:
                mode = held.st_mode & 0o777 if held is not None else _NEW_FILE_MODE
            with (
                self._held(path, held) as handle,
                self._undo.keeping(
                    path, kind, scope, handle=handle, setting=setting, after=mark_of_content(content)
                ) as change,
            ):
                _write_and_rename(folder, path.name, content, mode, held)
        return _note(change)

    def move(self, action: MovePath, scope: CallScope) -> Outcome:
        note = self.rename(action.source, action.target, scope)
        return Outcome(is_success=True, output=f"Moved {action.source.name} to {action.target.name}.{note}")

    def rename(self, source_path: Path, target_path: Path, scope: CallScope) -> str:
        """Move; a file at the target is replaced, with a copy kept."""
        with (
            open_folder(source_path.parent) as source,
            open_folder(target_path.parent, create=True) as target,
        ):
            if status_in(source, source_path.name) is None:
                raise ActionFailed(f"{source_path} is not there")
            held = status_in(target, target_path.name)
            if held is not None and not stat.S_ISREG(held.st_mode):
                raise ActionFailed(f"{target_path} is there already")
            with (
                self._held(target_path, held) as handle,
                self._undo.keeping(
                    target_path,
                    ChangeKind.MOVED,
                    scope,
                    handle=handle,
                    moved_from=source_path,
                    after=mark_of(source_path),
                ) as change,
            ):
                try:
                    os.rename(source_path.name, target_path.name, src_dir_fd=source, dst_dir_fd=target)
                except OSError as exc:
                    raise ActionFailed(f"{source_path} cannot be moved: {exc.strerror}") from exc
        return _note(change)

    def delete(self, action: DeletePath, scope: CallScope) -> Outcome:
        name = action.path.name
        with open_folder(action.path.parent) as folder:
            held = status_in(folder, name)
            if held is None:
                raise ActionFailed(f"{action.path} is not there")
            if stat.S_ISDIR(held.st_mode):
                shutil.rmtree(name, dir_fd=folder)
                return Outcome(is_success=True, output=f"Deleted the folder {name} and all that was in it.")
            if stat.S_ISREG(held.st_mode):
                return Outcome(is_success=True, output=f"Deleted {name}.{self.remove(action.path, scope)}")
            os.unlink(name, dir_fd=folder)
        return Outcome(is_success=True, output=f"Deleted {name}.")

    def remove(self, path: Path, scope: CallScope) -> str:
        """Delete an ordinary file, with a copy kept, or an empty folder."""
        if path.is_dir() and not path.is_symlink():
            with open_folder(path.parent) as folder:
                os.rmdir(path.name, dir_fd=folder)
            return ""
        with (
            open_folder(path.parent) as folder,
            open_file(path) as handle,
            self._undo.keeping(path, ChangeKind.DELETED, scope, handle=handle, after=ABSENT) as change,
        ):
            os.unlink(path.name, dir_fd=folder)
        return _note(change)

    @contextmanager
    def _held(self, path: Path, held: os.stat_result | None) -> Iterator[int | None]:
        if held is None:
            yield None
            return
        with open_file(path) as handle:
            yield handle


def _note(change: Change) -> str:
    return "" if change.can_undo else " The earlier content was too large to keep a copy."


def read_up_to(handle: int, limit_bytes: int) -> bytes:
    """The beginning of an open file."""
    parts: list[bytes] = []
    left = limit_bytes
    while left and (chunk := os.read(handle, min(left, 1_048_576))):
        parts.append(chunk)
        left -= len(chunk)
    return b"".join(parts)


def _write_and_rename(folder: int, name: str, content: bytes, mode: int, held: os.stat_result | None) -> None:
    draft = f".{secrets.token_hex(8)}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    # `folder` is an O_PATH descriptor, which cannot be synced itself.
    listing = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
    try:
        with os.fdopen(os.open(draft, flags, 0o600, dir_fd=folder), "wb") as file:
            file.write(content)
            file.flush()
            if held is not None:
                # A tool's own settings stay the tool's. Only root can give a file to somebody else.
                with suppress(PermissionError):
                    os.fchown(file.fileno(), held.st_uid, held.st_gid)
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.rename(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
        os.fsync(listing)
    except OSError as exc:
        raise ActionFailed(f"{name} cannot be written: {exc.strerror}") from exc
    finally:
        os.close(listing)
        if status_in(folder, draft) is not None:
            os.unlink(draft, dir_fd=folder)


def _describe(folder: int, name: str) -> str:
    status = status_in(folder, name)
    if status is None:
        return f"{name}  (gone)"
    changed = datetime.fromtimestamp(status.st_mtime, UTC).strftime("%Y-%m-%d %H:%M")
    if stat.S_ISDIR(status.st_mode):
        return f"{name}/  folder  {changed}"
    if stat.S_ISLNK(status.st_mode):
        return f"{name}  link  {changed}"
    return f"{name}  {status.st_size} bytes  {changed}"

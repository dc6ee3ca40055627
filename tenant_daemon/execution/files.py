"""Reading, writing, moving and deleting files at judged real paths."""

import os
import secrets
import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tenant_daemon.execution.head_tail import whole_lines
from tenant_daemon.execution.limits import Limits
from tenant_daemon.execution.outcome import ActionFailed, CallScope, Outcome
from tenant_daemon.execution.safe_paths import open_file, open_folder, status_in
from tenant_daemon.execution.undo import UndoStore
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
        note = self.replace(action.path, content, change="write", scope=scope)
        return Outcome(is_success=True, output=f"Wrote {len(content)} bytes to {action.path.name}.{note}")

    def replace(self, path: Path, content: bytes, *, change: str, scope: CallScope) -> str:
        """
        Give a file new content: the old or the new is there at any moment, never half of it.

        The file keeps its permissions; a new one is for this user alone. Gives what is to be said besides.
        """
        with open_folder(path.parent, create=True) as folder:
            held = status_in(folder, path.name)
            if held is not None and not stat.S_ISREG(held.st_mode):
                raise ActionFailed(f"{path} is not an ordinary file")
            note = self._keep(path, change=change, scope=scope) if held is not None else ""
            mode = held.st_mode & 0o777 if held is not None else _NEW_FILE_MODE
            _write_and_rename(folder, path.name, content, mode)
        return note

    def move(self, action: MovePath, scope: CallScope) -> Outcome:
        with (
            open_folder(action.source.parent) as source,
            open_folder(action.target.parent, create=True) as target,
        ):
            if status_in(source, action.source.name) is None:
                raise ActionFailed(f"{action.source} is not there")
            name = action.target.name
            held = status_in(target, name)
            if held is not None and not stat.S_ISREG(held.st_mode):
                raise ActionFailed(f"{action.target} is there already")
            note = self._keep(action.target, change="move", scope=scope) if held is not None else ""
            try:
                os.rename(action.source.name, name, src_dir_fd=source, dst_dir_fd=target)
            except OSError as exc:
                raise ActionFailed(f"{action.source} cannot be moved: {exc.strerror}") from exc
        return Outcome(is_success=True, output=f"Moved {action.source.name} to {action.target.name}.{note}")

    def delete(self, action: DeletePath, scope: CallScope) -> Outcome:
        name = action.path.name
        with open_folder(action.path.parent) as folder:
            held = status_in(folder, name)
            if held is None:
                raise ActionFailed(f"{action.path} is not there")
            if stat.S_ISDIR(held.st_mode):
                shutil.rmtree(name, dir_fd=folder)
                return Outcome(is_success=True, output=f"Deleted the folder {name} and all that was in it.")
            is_plain = stat.S_ISREG(held.st_mode)
            note = self._keep(action.path, change="delete", scope=scope) if is_plain else ""
            os.unlink(name, dir_fd=folder)
        return Outcome(is_success=True, output=f"Deleted {name}.{note}")

    def _keep(self, path: Path, *, change: str, scope: CallScope) -> str:
        with open_file(path) as handle:
            undo_id = self._undo.keep(handle, path, change=change, scope=scope)
        return "" if undo_id else " The earlier content was too large to keep a copy."


def read_up_to(handle: int, limit_bytes: int) -> bytes:
    """The beginning of an open file."""
    parts: list[bytes] = []
    left = limit_bytes
    while left and (chunk := os.read(handle, min(left, 1_048_576))):
        parts.append(chunk)
        left -= len(chunk)
    return b"".join(parts)


def _write_and_rename(folder: int, name: str, content: bytes, mode: int) -> None:
    draft = f".{secrets.token_hex(8)}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    # `folder` is an O_PATH descriptor, which cannot be synced itself.
    listing = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
    try:
        with os.fdopen(os.open(draft, flags, 0o600, dir_fd=folder), "wb") as file:
            file.write(content)
            file.flush()
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

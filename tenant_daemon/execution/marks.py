"""Marks of what lies at a path, by which it is known again: the content's digest where that can be had."""

import hashlib
import os
import stat
from pathlib import Path
from typing import Final

from tenant_daemon.execution.outcome import ActionFailed
from tenant_daemon.execution.safe_paths import open_file, open_folder, status_in
from tenant_daemon.policy.actions import MOST_UNDONE_BYTES

ABSENT: Final = ""
"""Nothing lies there."""
LARGE_BYTES: Final = MOST_UNDONE_BYTES
"""Larger files are known by number, size and time."""
_CHUNK_BYTES: Final = 1_048_576


def mark_of(path: Path) -> str:
    """The mark of what lies at a real path now."""
    try:
        with open_folder(path.parent) as folder:
            held = status_in(folder, path.name)
        if held is None:
            return ABSENT
        if stat.S_ISREG(held.st_mode):
            with open_file(path) as handle:
                return mark_of_open(handle)
    except (ActionFailed, OSError):
        # Its folder is gone, or it may not be read: what cannot be seen is not put back over.
        return ABSENT if not os.path.lexists(path) else "unreadable"
    return f"{stat.S_IFMT(held.st_mode)} {held.st_dev} {held.st_ino}"


def mark_of_open(handle: int) -> str:
    """The mark of an open file."""
    status = os.fstat(handle)
    if status.st_size > LARGE_BYTES:
        return f"large {status.st_dev} {status.st_ino} {status.st_size} {status.st_mtime_ns}"
    digest = hashlib.sha256()
    position = 0
    while chunk := os.pread(handle, _CHUNK_BYTES, position):
        digest.update(chunk)
        position += len(chunk)
    return digest.hexdigest()


def mark_of_content(content: bytes) -> str:
    """The mark that a file with this content will have."""
    return hashlib.sha256(content).hexdigest()

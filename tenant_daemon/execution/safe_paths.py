"""
Opening judged paths so that nothing slips in between check and use.

The classifier judged a *real* path: every link in it resolved. So a link met on the way now was put there
since, and is refused. Each component is opened relative to the one before with O_NOFOLLOW, which is what
``openat2(RESOLVE_NO_SYMLINKS)`` does, on every kernel.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tenant_daemon.execution.outcome import ActionFailed

_FOLDER_FLAGS = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def open_folder(path: Path, *, create: bool = False) -> Iterator[int]:
    """
    A descriptor of the folder at a real path, closed at the end.

    Args:
        create: Make the folders that are missing, readable by this user alone.

    Raises:
        ActionFailed: It is not there, is no folder, or a link is on the way.
    """
    if not path.is_absolute() or ".." in path.parts:
        raise ActionFailed(f"not a real path: {path}")
    folder = os.open("/", _FOLDER_FLAGS)
    try:
        for name in path.parts[1:]:
            folder = _step(folder, name, create=create)
        yield folder
    finally:
        os.close(folder)


def _step(folder: int, name: str, *, create: bool) -> int:
    """The folder ``name`` in ``folder``, which is closed unless the step fails."""
    try:
        if create:
            try:
                following = os.open(name, _FOLDER_FLAGS, dir_fd=folder)
            except FileNotFoundError:
                os.mkdir(name, 0o700, dir_fd=folder)
                following = os.open(name, _FOLDER_FLAGS, dir_fd=folder)
        else:
            following = os.open(name, _FOLDER_FLAGS, dir_fd=folder)
    except OSError as exc:
        raise ActionFailed(f"{name}: {exc.strerror}") from exc
    os.close(folder)
    return following


@contextmanager
def open_file(path: Path) -> Iterator[int]:
    """
    A descriptor for reading the ordinary file at a real path.

    Raises:
        ActionFailed: It is not there, is a folder, a link, a device or a pipe, or may not be read.
    """
    with open_folder(path.parent) as folder:
        try:
            # O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
            handle = os.open(
                path.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder
            )
        except OSError as exc:
            raise ActionFailed(f"{path.name}: {exc.strerror}") from exc
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ActionFailed(f"{path.name} is not an ordinary file")
        yield handle
    finally:
        os.close(handle)


def status_in(folder: int, name: str) -> os.stat_result | None:
    """What lies under this name in an open folder, a link itself and not its target; None for nothing."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None

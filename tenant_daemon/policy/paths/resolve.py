"""
Real paths, resolved link by link with ``lstat`` and ``readlink`` as the kernel would.

``os.path.realpath`` is not used: it silently follows ``/proc`` links into other processes and does not say
what kind of file stands at the end.
"""

import os
import stat
from typing import Final, NamedTuple

from tenant_daemon.policy.actions import MOST_UNDONE_BYTES

MAX_LINKS: Final = 20
MAX_PATH_BYTES: Final = 4_095
_SURELY_SHORT: Final = MAX_PATH_BYTES // 4
MAX_PARTS: Final = 128


class RealPath(NamedTuple):
    """Where a path leads."""

    path: str
    """Absolute, without links, ``.`` or ``..``. Parts that do not exist are kept as they are."""
    mode: int
    """``st_mode`` of what is there; 0 when nothing is."""
    links: int
    """Hard links of what is there; 0 when nothing is."""
    is_magic: bool = False
    """It passes through a link in ``/proc``, whose target is not what ``readlink`` says."""
    problem: str = ""
    """Why it cannot be a real path."""

    @property
    def exists(self) -> bool:
        return self.mode != 0

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.mode)

    @property
    def is_regular(self) -> bool:
        return stat.S_ISREG(self.mode)


def resolve(raw: str, base: str, *, follow_last: bool = True) -> RealPath:
    """
    The real path of ``raw``, relative to ``base``.

    Args:
        raw: As the agent wrote it.
        base: A real path, taken as it is; only what comes after it is looked up.
        follow_last: False for calls that act on a link itself (delete, move).
    """
    # No character takes more than four bytes.
    is_long = len(raw) > _SURELY_SHORT and len(raw.encode("utf-8", "surrogatepass")) > MAX_PATH_BYTES
    if "\x00" in raw or is_long or not raw:
        return RealPath(base, 0, 0, problem="It is not a possible path.")
    if raw[0] != "/" and not raw.startswith(".") and "/" not in raw:
        return _single_name(raw, base, follow_last=follow_last)
    return _Walk(follow_last).run(raw, base)


def _single_name(name: str, base: str, *, follow_last: bool) -> RealPath:
    """The common case, one name inside the current folder: one ``lstat``."""
    path = f"{base}/{name}" if base != "/" else f"/{name}"
    try:
        found = os.lstat(path)
    except OSError:
        return RealPath(path, 0, 0)
    if stat.S_ISLNK(found.st_mode) and follow_last:
        return _Walk(follow_last).run(name, base)
    return RealPath(path, found.st_mode, found.st_nlink)


def is_large(path: str) -> bool:
    """Whether no copy of the file at this real path would be kept before it is changed."""
    try:
        return os.lstat(path).st_size > MOST_UNDONE_BYTES
    except OSError:
        return False


class _Walk:
    """Goes from part to part. ``todo`` holds the parts to come, last first."""

    def __init__(self, follow_last: bool) -> None:
        self.follow_last = follow_last
        self.links_followed = 0
        self.is_magic = False

    def run(self, raw: str, base: str) -> RealPath:
        if raw[0] == "/":
            base = ""
        current = base.rstrip("/")
        todo = [part for part in reversed(raw.split("/")) if part and part != "."]
        must_be_folder = raw.endswith(("/", "/."))
        mode, links, is_missing = 0, 0, False
        while todo:
            if len(todo) > MAX_PARTS:
                return RealPath(current or "/", 0, 0, problem="The path has too many parts.")
            part = todo.pop()
            if part == "..":
                current = current.rpartition("/")[0]
                mode = 0
                # The kernel would stop at the missing part; going on lexically can only lead to a
                # stricter place, and the executor opens this very path.
                is_missing = is_missing and not os.path.lexists(current or "/")
                continue
            path = f"{current}/{part}"
            mode, links, target = (0, 0, None) if is_missing else self._look(path)
            if mode == 0:
                is_missing = True
            if target is not None and (todo or self.follow_last or must_be_folder):
                if path.startswith("/proc/"):
                    # Not followed: it would be this process's own, and where it leads changes at any time.
                    self.is_magic, is_missing, mode, current = True, True, 0, path
                    continue
                self.links_followed += 1
                if self.links_followed > MAX_LINKS:
                    return RealPath(path, 0, 0, problem="It is a circle of links.")
                if target.startswith("/"):
                    current = ""
                todo.extend(step for step in reversed(target.split("/")) if step and step != ".")
                mode = 0
                continue
            current = path
        if mode == 0 and not is_missing:
            mode, links, _ = self._look(current or "/")
        return RealPath(current or "/", mode, links, is_magic=self.is_magic)

    @staticmethod
    def _look(path: str) -> tuple[int, int, str | None]:
        try:
            found = os.lstat(path)
            target = os.readlink(path) if stat.S_ISLNK(found.st_mode) else None
        except OSError:
            return 0, 0, None
        return found.st_mode, found.st_nlink, target

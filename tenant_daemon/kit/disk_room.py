"""
Whether the disk under a folder is full, and when it has room again.

Two things can end the room: the disk itself, which tells how much is left, and a quota of the user, which
mostly tells nobody. So some is set aside as well, in a file without a name, and given back at once.
"""

import asyncio
import errno
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

FULL_BYTES: Final = 4 * 1_048_576
"""With less than this nobody can rely on the next write."""
ROOM_BYTES: Final = 4 * FULL_BYTES
"""With this much it is over. More than the above: a disk at the edge is not full anew all the time."""
_ASKED_BYTES: Final = 262_144
"""Little: while it is set aside others cannot have it, and near the end of a quota they would miss it."""
OUT_OF_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What writing fails with on a full disk, and within a full quota."""
_LOOK_SECONDS: Final = 2.0
_ASK_SECONDS: Final = 30.0
"""So seldom room is set aside to see whether there is a quota, as long as the disk has some."""


def free_bytes(place: Path) -> int:
    """What a process without privileges may still write there, quotas aside."""
    disk = os.statvfs(place)
    return disk.f_bavail * disk.f_frsize


def can_set_aside(place: Path, size_bytes: int) -> bool:
    """Whether so much can be set aside there, disk and quotas considered; True where nobody can tell."""
    try:
        # Without a name from the start: nothing is left of it, however this ends.
        with tempfile.TemporaryFile(dir=place) as file:
            os.posix_fallocate(file.fileno(), 0, size_bytes)
    except OSError as exc:
        return exc.errno not in OUT_OF_ROOM
    return True


@dataclass
class QuotaLook:
    """Whether a full quota leaves no room. Asks seldom while there is some, since it costs a little."""

    place: Path
    has_room: Callable[[Path, int], bool] = can_set_aside
    clock: Callable[[], float] = time.monotonic
    _had_room_at: float = field(default=float("-inf"), init=False)

    def is_full(self) -> bool:
        """Whether nothing can be set aside, as far as half a minute ago."""
        now = self.clock()
        if now - self._had_room_at < _ASK_SECONDS:
            return False
        if not self.has_room(self.place, _ASKED_BYTES):
            return True
        self._had_room_at = now
        return False


def is_full(place: Path, quota: QuotaLook | None = None) -> bool:
    """
    Whether hardly anything can be written there; also when nobody can tell.

    Args:
        place: A folder on the disk.
        quota: Of whoever asks again and again.
    """
    try:
        return free_bytes(place) < FULL_BYTES or (quota or QuotaLook(place)).is_full()
    except OSError:
        return True


@dataclass
class DiskRoom:
    """Remembers that the disk was full until it has room again."""

    place: Path
    look_seconds: float = _LOOK_SECONDS
    free: Callable[[Path], int] = free_bytes
    has_room: Callable[[Path, int], bool] = can_set_aside
    was_full: bool = False
    _quota: QuotaLook = field(init=False)

    def __post_init__(self) -> None:
        self._quota = QuotaLook(self.place, self.has_room)

    def look(self) -> bool:
        """Whether it was full and has room again, which is told once."""
        try:
            free = self.free(self.place)
        except OSError:
            return False
        if free < FULL_BYTES:
            self.was_full = True
        elif not self.was_full:
            self.was_full = self._quota.is_full()
        elif free >= ROOM_BYTES and self.has_room(self.place, ROOM_BYTES):
            self.was_full = False
            return True
        return False

    async def back(self) -> None:
        """Wait until it was full and has room again."""
        while not self.look():  # noqa: ASYNC110 - a disk tells nobody
            await asyncio.sleep(self.look_seconds)

"""Whether the disk under a folder is full, and when it has room again."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FULL_BYTES: Final = 4 * 1_048_576
"""With less than this nobody can rely on the next write."""
ROOM_BYTES: Final = 4 * FULL_BYTES
"""With this much it is over. More than the above: a disk at the edge is not full anew all the time."""
_LOOK_SECONDS: Final = 2.0


def free_bytes(place: Path) -> int:
    """What a process without privileges may still write there."""
    disk = os.statvfs(place)
    return disk.f_bavail * disk.f_frsize


def is_full(place: Path) -> bool:
    """Whether hardly anything can be written there; also when nobody can tell."""
    try:
        return free_bytes(place) < FULL_BYTES
    except OSError:
        return True


@dataclass
class DiskRoom:
    """Remembers that the disk was full until it has room again."""

    place: Path
    look_seconds: float = _LOOK_SECONDS
    free: Callable[[Path], int] = free_bytes
    was_full: bool = False

    def look(self) -> bool:
        """Whether it was full and has room again, which is told once."""
        try:
            free = self.free(self.place)
        except OSError:
            return False
        if free < FULL_BYTES:
            self.was_full = True
        elif self.was_full and free >= ROOM_BYTES:
            self.was_full = False
            return True
        return False

    async def back(self) -> None:
        """Wait until it was full and has room again."""
        while not self.look():  # noqa: ASYNC110 - a disk tells nobody
            await asyncio.sleep(self.look_seconds)

"""
How much room a call takes on the server's disks, all its files together.

Each file has its bound (``Limits.file_bytes``), their number has none, and a full disk stops everything: no
audit, no call. What a call has written the kernel counts for root alone, or by quotas. So what is
looked at is what is left: no process can write past that, whoever it is, whatever it deletes or hides. What
others write meanwhile counts, too; so the bounds are wide.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tenant_daemon.execution.limits import Limits

_PLACES: Final = ("/", "/tmp", "/var", "/var/tmp", "/dev/shm", "/home", "/opt", "/srv")  # noqa: S108
"""Where disks of a server are mounted; each disk is looked at once."""
_LEAST_BYTES: Final = 64 * 1_048_576
"""On a disk that is nearly full already; less is written all the time by everybody."""


@dataclass(frozen=True)
class _Disk:
    place: Path
    least_bytes: int
    """Free at the least, or the call ends."""
    least_files: int
    note: str


class DiskWatch:
    """Made before the call, asked while it runs. Blocking: use it in a thread."""

    def __init__(
        self,
        places: Iterable[Path],
        limits: Limits,
        look: Callable[[Path], os.statvfs_result] = os.statvfs,
    ) -> None:
        self._look = look
        self._disks: dict[int, _Disk] = {}
        self.note = ""
        """Why the call has to end, in words for the agent and the owner; empty while it may go on."""
        for place in (*places, *map(Path, _PLACES)):
            try:
                device = os.stat(place).st_dev
                if device not in self._disks:
                    self._disks[device] = _disk(place, look(place), limits)
            except OSError:
                continue

    def passed(self) -> bool:
        """Look, and say whether the call has to end."""
        for disk in self._disks.values():
            try:
                now = self._look(disk.place)
            except OSError:
                continue
            if now.f_bavail * now.f_frsize < disk.least_bytes or now.f_ffree < disk.least_files:
                self.note = disk.note
        return bool(self.note)


def _disk(place: Path, now: os.statvfs_result, limits: Limits) -> _Disk:
    free = now.f_bavail * now.f_frsize
    # No more than half of what is left, so that a few calls in a row do not fill it before anybody looks.
    most = min(limits.written_bytes, max(free // 2, _LEAST_BYTES))
    most_files = min(limits.written_files, now.f_ffree // 2)
    return _Disk(
        place,
        free - most,
        now.f_ffree - most_files,
        f"[stopped: while it ran, more than {most // 1_048_576} MiB or {most_files} files were added to the "
        f"disk of {place}. What it has written is still there]",
    )

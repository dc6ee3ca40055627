"""Whether there is room on the disk under a folder."""

import errno
import os
import tempfile
from pathlib import Path
from typing import Final

FULL_BYTES: Final = 4 * 1_048_576
"""With less than this nobody can rely on the next write."""
_ASKED_BYTES: Final = 262_144
"""Little: while it is set aside nobody else can have it."""


def has_room(place: Path) -> bool:
    """
    Whether something can be written there. Blocking.

    A quota of the user ends the room as a full disk does, and mostly tells nobody: so a little is set aside,
    in a file without a name, and given back at once.

    Raises:
        OSError: Nobody can tell.
    """
    disk = os.statvfs(place)
    if disk.f_bavail * disk.f_frsize < FULL_BYTES:
        return False
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            os.posix_fallocate(file.fileno(), 0, _ASKED_BYTES)
    except OSError as exc:
        if exc.errno in {errno.ENOSPC, errno.EDQUOT}:
            return False
        raise
    return True

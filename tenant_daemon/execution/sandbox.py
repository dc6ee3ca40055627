"""
What commands that nobody was asked about can reach, enforced by the kernel (Landlock, landlock(7)).

A layer of its own below the classifier: whatever a command turns out to do, the daemon's home with its keys
and databases, and the other agents' workspaces, stay closed to it. Landlock can only allow, so everything
beside the way to the home is allowed, one entry at a time. In the folders on that way themselves nothing new
can be made, which is why commands that a person approved (installing a package) run without it.
"""

import ctypes
import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from tenant_daemon.home import TenantHome
from tenant_daemon.vault.keys import KeyStore

_CREATE_RULESET: Final = 444
_GET_VERSION: Final = 1


@cache
def landlock_version() -> int:
    """The kernel's Landlock ABI, 0 when it has none. For ``doctor`` and for choosing the access rights."""
    libc = ctypes.CDLL(None, use_errno=True)
    version: int = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_GET_VERSION))
    return max(version, 0)


def allowed_roots(home: Path, workspace: Path, closed: Sequence[Path] = ()) -> list[str]:
    """
    Everything on the server but the home and what else is closed, and in the home the one workspace.

    Args:
        home: The daemon's home, real path.
        workspace: The agent's, real path.
        closed: Further files and folders that no command may reach, real paths.
    """
    return [str(workspace), *_beside(Path("/"), [home, *closed])]


def key_places(home: TenantHome) -> list[Path]:
    """Where the vault's key lies outside the home: unlocked in memory, or given by systemd."""
    keys = KeyStore.of(home)
    places = [keys.unlocked_file, *([keys.credential.parent] if keys.credential else [])]
    return [place.resolve() for place in places if place.exists()]


def _beside(folder: Path, closed: Sequence[Path]) -> Iterator[str]:
    """Every entry that is not closed; one with something closed below it is looked into."""
    with os.scandir(folder) as entries:
        for entry in entries:
            path = Path(entry.path)
            if entry.is_symlink() or path in closed:
                continue
            if any(path in one.parents for one in closed):
                yield from _beside(path, closed)
            else:
                yield entry.path

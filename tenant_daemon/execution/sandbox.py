"""
What commands can reach, enforced by the kernel (Landlock, landlock(7)).

A layer of its own below the classifier: whatever a command turns out to do, the daemon's home with its keys
and databases stays closed to it, and so do the memory and the environment of every process outside. What a
person approved is held back no less: nobody sees from a script's name what it will read. It may work in every
agent's workspace, though, and what runs unasked only in its own.

Landlock can only allow, so everything beside the way to the home is allowed, one entry at a time, and
nothing new can be made in the folders on that way themselves. Where the daemon is root, approved programs
that work on the server (installing a package) have to do just that, and run without it
(``docs/decisions/0023``).
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
SCOPED_SINCE: Final = 6
"""From this version on it also keeps signals and abstract unix sockets in (the warden knows it, too)."""
_CREDENTIALS: Final = Path("/run/credentials")
"""Where systemd puts those of every unit, the proxy's too."""


@cache
def landlock_version() -> int:
    """The kernel's Landlock ABI, 0 when it has none. For ``doctor`` and for choosing the access rights."""
    libc = ctypes.CDLL(None, use_errno=True)
    version: int = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_GET_VERSION))
    return max(version, 0)


def allowed_roots(home: Path, inside: Path, closed: Sequence[Path] = ()) -> list[str]:
    """
    Everything on the server but the home and what else is closed, and in the home the one folder.

    Args:
        home: The daemon's home, real path.
        inside: The agent's workspace, or the folder of all of them, real path.
        closed: Further files and folders that no command may reach, real paths.
    """
    return [str(inside), *_beside(Path("/"), [home, *closed])]


def key_places(home: TenantHome) -> list[Path]:
    """Where the vault's key lies outside the home: unlocked in memory, or given by systemd."""
    keys = KeyStore.of(home)
    places = [keys.unlocked_file, _CREDENTIALS, *([keys.credential.parent] if keys.credential else [])]
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

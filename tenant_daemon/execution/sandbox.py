"""
What commands that nobody was asked about can reach, enforced by the kernel (Landlock, landlock(7)).

A layer of its own below the classifier: whatever a command turns out to do, the daemon's home with its keys
and databases, and the other agents' workspaces, stay closed to it. Landlock can only allow, so everything
beside the way to the home is allowed, one entry at a time. In the folders on that way themselves nothing new
can be made, which is why commands that a person approved (installing a package) run without it.
"""

import ctypes
import os
from functools import cache
from pathlib import Path
from typing import Final

_CREATE_RULESET: Final = 444
_GET_VERSION: Final = 1


@cache
def landlock_version() -> int:
    """The kernel's Landlock ABI, 0 when it has none. For ``doctor`` and for choosing the access rights."""
    libc = ctypes.CDLL(None, use_errno=True)
    version: int = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_GET_VERSION))
    return max(version, 0)


def allowed_roots(home: Path, workspace: Path) -> list[str]:
    """
    Everything on the server but the home, and in the home the one workspace.

    Args:
        home: The daemon's home, real path.
        workspace: The agent's, real path.
    """
    roots = [str(workspace)]
    for folder in home.parents:
        # The one entry on the way to the home is looked into further down, or is the home itself.
        way = home.relative_to(folder).parts[0]
        with os.scandir(folder) as entries:
            roots += [entry.path for entry in entries if entry.name != way and not entry.is_symlink()]
    return roots

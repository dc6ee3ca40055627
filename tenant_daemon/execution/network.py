"""
Whether commands can be run without a network: not even the server's own addresses.

A layer of its own below the classifier: a text tool that turned out to be able to send something could not.
Which programs need one their profiles say (``network``, ``local``).
"""

import subprocess
import sys
from functools import cache
from typing import Final

_PROBE_SECONDS: Final = 10
CLONE_NEWNET: Final = 0x4000_0000
CLONE_NEWUSER: Final = 0x1000_0000


@cache
def network_flags() -> int:
    """
    What unshare(2) is told so that a command is without a network; 0 where the kernel does not let us.

    A user that is not root needs a user namespace for it.
    """
    for flags in (CLONE_NEWNET, CLONE_NEWNET | CLONE_NEWUSER):
        probe = f"import ctypes,sys; sys.exit(ctypes.CDLL(None).unshare({flags}) != 0)"
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter with our own words
                [sys.executable, "-I", "-S", "-c", probe], timeout=_PROBE_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return 0
        if done.returncode == 0:
            return flags
    return 0

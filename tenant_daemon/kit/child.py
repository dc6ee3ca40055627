"""Child processes that never outlive their parent, even when it is killed with ``kill -9``."""

import ctypes
import os
import signal
from collections.abc import Callable
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
# Loaded before any fork: between fork and exec nothing may be imported or looked up.
_libc: Final = ctypes.CDLL(None, use_errno=True)


def die_with_parent(death_signal: signal.Signals = signal.SIGKILL) -> Callable[[], None]:
    """
    A ``preexec_fn``: the kernel sends the child this signal when the parent ends (prctl(2)).

    Start the child from the main thread: the kernel watches the thread that forked. The setting survives
    ``exec`` and is not inherited by the child's own children.
    """
    parent = os.getpid()

    def prepare() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:
            # The parent ended before prctl took effect, so nobody would ever signal us.
            os._exit(1)

    return prepare

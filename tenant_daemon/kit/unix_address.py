"""Unix sockets below folders of any depth: the kernel takes at most 107 bytes of path (unix(7))."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_MAX_PATH_BYTES: Final = 107


@contextmanager
def short_address(path: Path) -> Iterator[str]:
    """The path as it can be given to ``bind`` or ``connect``, while the context lasts."""
    if len(os.fsencode(path)) <= _MAX_PATH_BYTES:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def bind_private(path: Path, *, group: int | None = None) -> socket.socket:
    """
    A listening socket that this user alone can reach; one left behind by a dead process is replaced.

    Args:
        path: Where.
        group: Whose members may reach it as well.

    Raises:
        OSError: Another process listens there already.
    """
    with short_address(path) as address:
        if path.exists():
            _remove_dead(path, address)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.bind(address)
            path.chmod(0o600)
            if group is not None:
                os.chown(path, -1, group)
                path.chmod(0o660)
            listener.listen(64)
        except OSError:
            listener.close()
            raise
        return listener


def _remove_dead(path: Path, address: str) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(address)
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
    raise OSError(f"{path} is in use by another process")

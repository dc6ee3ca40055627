"""Log files that cannot grow without end."""

import os
from contextlib import suppress
from pathlib import Path


def append_bounded(path: Path, data: bytes, max_bytes: int) -> None:
    """
    Add to the file, 0600; when it is full it becomes ``<name>.1`` and a new one begins.

    What cannot be written, on a full disk say, is left out: if for that nobody read on, the process that
    prints would soon stand still.
    """
    with suppress(OSError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "ab") as file:
            file.write(data)
            is_full = file.tell() >= max_bytes
        if is_full:
            path.replace(path.with_name(f"{path.name}.1"))

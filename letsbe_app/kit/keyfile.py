"""Keys of the hub as files: made once, for this user alone."""

import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path


def new_key() -> bytes:
    """256 random bits."""
    return secrets.token_bytes(32)


def load_or_create_key(folder: Path, name: str, make: Callable[[], bytes] = new_key) -> bytes:
    """
    The key in ``folder/name``; made when it is missing.

    Safe when several processes start at once: the first one's key is everybody's.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    path = folder / name
    if not path.exists():
        _publish(path, make())
    return path.read_bytes()


def _publish(path: Path, content: bytes) -> None:
    # mkstemp makes the file 0600, and a link, unlike a rename, never replaces what is there already.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        Path(temporary).unlink()

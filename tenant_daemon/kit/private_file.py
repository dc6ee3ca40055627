"""Files that only this user reads and that are never seen half written."""

import os
import secrets
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write the file by temp file and rename, 0600, on the disk when this returns."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_changed(path: Path, text: str) -> bool:
    """The same for a file that has another text, or is not there yet; says whether it was written."""
    if path.exists() and path.read_text("utf-8") == text:
        return False
    write_private(path, text)
    return True

"""
Passwords that were stolen elsewhere, looked up in a file of this machine: no password, nor a part of its
hash, leaves it.

The file is that of Have I Been Pwned "ordered by hash": a line for each, the SHA-1 in hexadecimal, a colon
and a count, sorted. SHA-1 is the format of the list, not a protection.
"""

import hashlib
from pathlib import Path
from typing import BinaryIO, Final

_HASH_LENGTH: Final = 40


class BreachedPasswords:
    """Looks by halving, so that a list of 40 GB costs some forty reads."""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            OSError: There is no such file.
        """
        self._path = path
        self._size = path.stat().st_size

    def has(self, password: str) -> bool:
        """Whether the password is in the list."""
        wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        with self._path.open("rb") as file:
            low, high = 0, self._size
            while low < high:
                middle = (low + high) // 2
                found = _hash_behind(file, middle)
                if found == wanted:
                    return True
                if found and found < wanted:
                    low = middle + 1
                else:
                    high = middle
        return False


def _hash_behind(file: BinaryIO, position: int) -> bytes:
    """The hash of the first line that begins at the position or behind it; empty at the end."""
    file.seek(max(0, position - 1))
    if position:
        file.readline()
    return file.readline()[:_HASH_LENGTH].upper()

"""
Two numbers that say whether anything has changed, for a process that cannot look for itself.

Whoever changes the vault or the configuration writes its number here before it says that it is done. Who
holds what the daemon told it compares the numbers with those that came along: a look costs a microsecond and
wakes nobody. They tell nothing about what has changed.
"""

import os
import struct
from pathlib import Path
from typing import Final, NamedTuple

_NUMBER: Final = struct.Struct("=Q")
_VAULT_AT: Final = 0
_CONFIG_AT: Final = _NUMBER.size
_SIZE: Final = 2 * _NUMBER.size


class Notice(NamedTuple):
    """Version of the vault, and how often the configuration was changed."""

    vault: int
    config: int


def announce_vault(path: Path, version: int) -> None:
    """The vault will have this version. To be called while nobody else can change it, before it is true."""
    handle = _open(path)
    try:
        os.pwrite(handle, _NUMBER.pack(version), _VAULT_AT)
    finally:
        os.close(handle)


def announce_config(path: Path) -> None:
    """The configuration has changed. One process does so, after it is true."""
    handle = _open(path)
    try:
        os.pwrite(handle, _NUMBER.pack(read_notice(handle).config + 1), _CONFIG_AT)
    finally:
        os.close(handle)


def open_notice(path: Path) -> int:
    """A descriptor for reading, also for another process; the file is made where there is none."""
    os.close(_open(path))
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)


def read_notice(handle: int) -> Notice:
    """What stands there. A number that is read while it is written is neither the old nor the new one."""
    content = os.pread(handle, _SIZE, 0).ljust(_SIZE, b"\0")
    return Notice(_NUMBER.unpack_from(content, _VAULT_AT)[0], _NUMBER.unpack_from(content, _CONFIG_AT)[0])


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)

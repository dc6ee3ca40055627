"""The customer's configuration on the disk, which the link writes."""

import os
from collections.abc import Callable
from pathlib import Path

import structlog
from pydantic import ValidationError

from tenant_daemon.contracts.config import TenantConfig

log = structlog.get_logger()


class ConfigFile:
    """
    ``config.json``, read again whenever it has changed, maybe by two threads at once.

    What cannot be read leaves the last good one in force.
    """

    def __init__(
        self,
        path: Path,
        take: Callable[[TenantConfig], TenantConfig],
        *,
        last_good: TenantConfig | None = None,
    ) -> None:
        """
        Args:
            path: Of the file.
            take: Gets what was read and gives what is in force from then on. Where it fails, the file is read
                again the next time.
            last_good: In force until something was read.
        """
        self._path = path
        self._take = take
        self._seen: tuple[int, int, int] | None = None
        self._config = last_good

    def current(self) -> TenantConfig | None:
        """The one in force, the same object until it changes; None when there has never been one."""
        state = _state_of(self._path)
        if state is not None and state != self._seen:
            self._read()
            # The state from before reading: a change in between is seen as one the next time.
            self._seen = state
        return self._config

    def _read(self) -> None:
        try:
            config = TenantConfig.model_validate_json(self._path.read_bytes())
        except (OSError, ValidationError) as exc:
            log.error("config.unreadable", reason=type(exc).__name__)
            return
        self._config = self._take(config)


def _state_of(path: Path) -> tuple[int, int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino

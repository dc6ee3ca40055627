"""The customer's configuration, as the gate goes by it."""

import os
from pathlib import Path

import structlog
from pydantic import ValidationError

from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.database import Database

log = structlog.get_logger()


class ConfigSource:
    """
    ``config.json``, read again whenever it has changed.

    What cannot be read leaves the last good one in force. That is kept in ``safety.db`` as well, so that a
    stopped agent stays stopped when the wrapper restarts beside a broken file.
    """

    def __init__(self, home: TenantHome, database: Database) -> None:
        self._path = home.config_file
        self._database = database
        self._seen: tuple[int, int, int] | None = None
        self._config = self._last_good()

    def current(self) -> TenantConfig | None:
        """The configuration in force; None when there has never been one."""
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
            log.error("wrapper.config.unreadable", error=type(exc).__name__)
            return
        with self._database.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO last_config VALUES (1, ?)",
                (config.model_dump_json(),),
            )
        self._config = config
        log.info("wrapper.config.read", version=config.version, agents=len(config.agents))

    def _last_good(self) -> TenantConfig | None:
        with self._database.reading() as db:
            row = db.execute("SELECT config FROM last_config").fetchone()
        return TenantConfig.model_validate_json(row["config"]) if row else None


def _state_of(path: Path) -> tuple[int, int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino

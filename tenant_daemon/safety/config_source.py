"""The customer's configuration, as the gate goes by it."""

import structlog

from tenant_daemon.config_file import ConfigFile
from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.database import Database

log = structlog.get_logger()


class ConfigSource:
    """
    The configuration in force.

    The last good one is kept in ``safety.db`` as well, so that a stopped agent stays stopped when the wrapper
    restarts beside a broken file.
    """

    def __init__(self, home: TenantHome, database: Database) -> None:
        self._database = database
        self._file = ConfigFile(home.config_file, self._keep, last_good=self._last_good())

    def current(self) -> TenantConfig | None:
        """The configuration in force; None when there has never been one."""
        return self._file.current()

    def _keep(self, config: TenantConfig) -> TenantConfig:
        with self._database.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO last_config VALUES (1, ?)",
                (config.model_dump_json(),),
            )
        log.info("wrapper.config.read", version=config.version, agents=len(config.agents))
        return config

    def _last_good(self) -> TenantConfig | None:
        with self._database.reading() as db:
            row = db.execute("SELECT config FROM last_config").fetchone()
        return TenantConfig.model_validate_json(row["config"]) if row else None

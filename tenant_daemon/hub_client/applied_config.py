"""The configuration in force on this server: the last good one, on disk and in memory."""

from pathlib import Path

import structlog
from pydantic import ValidationError

from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.kit.private_file import write_private

log = structlog.get_logger()


class ConfigRefused(ValueError):
    """The configuration cannot be used; says why. The last good one stays."""


class AppliedConfig:
    """Only the link writes the file; the other processes read it again when it changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._current = _read(path)

    @property
    def current(self) -> TenantConfig | None:
        """The one in force, None before the first."""
        return self._current

    @property
    def version(self) -> int:
        return self._current.version if self._current else 0

    def apply(self, config: TenantConfig) -> bool:
        """
        Put it in force; False when the one in force is as new.

        Raises:
            ConfigRefused: It cannot be used.
        """
        if self._current is not None and config.version <= self._current.version:
            return False
        _check(config)
        write_private(self._path, config.model_dump_json(indent=1))
        self._current = config
        log.info("config.applied", version=config.version, agents=len(config.agents))
        return True


def _check(config: TenantConfig) -> None:
    names = [agent.agent_id for agent in config.agents]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ConfigRefused(f"an agent is named twice: {', '.join(doubled)}")


def _read(path: Path) -> TenantConfig | None:
    try:
        return TenantConfig.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError:
        # The hub has it and sends it again, since we then say that we have none.
        log.exception("config.unreadable", path=str(path))
        return None

"""The configuration in force on this server: the last good one, on disk and in memory."""

from collections.abc import Callable
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

    def __init__(self, path: Path, announce: Callable[[], None] = lambda: None) -> None:
        """``announce`` is called when another one is in force."""
        self._path = path
        self._announce = announce
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
        if not self.is_older_than(config):
            return False
        _check(config)
        self._hold(config)
        log.info("config.applied", version=config.version, agents=len(config.agents))
        return True

    def is_older_than(self, config: TenantConfig) -> bool:
        """True when there is none in force, or this one is newer."""
        return self._current is None or config.version > self._current.version

    def apply_switches(self, config: TenantConfig) -> bool:
        """
        Put the kill switches of a newer configuration in force, whatever becomes of the rest of it.

        True when that changed any.
        """
        if self._current is None or not self.is_older_than(config):
            return False
        stopped = {agent.agent_id: agent.is_stopped for agent in config.agents}
        agents = [
            agent.model_copy(update={"is_stopped": stopped.get(agent.agent_id, agent.is_stopped)})
            for agent in self._current.agents
        ]
        switched = self._current.model_copy(update={"is_stopped": config.is_stopped, "agents": agents})
        if switched == self._current:
            return False
        self._hold(switched)
        log.info("config.switched", version=config.version)
        return True

    def _hold(self, config: TenantConfig) -> None:
        write_private(self._path, config.model_dump_json(indent=1))
        self._current = config
        self._announce()


def stopped_by_owner(config: TenantConfig | None) -> str:
    """Whose kill switch is on, in words; empty when none is."""
    if config is None:
        return ""
    if config.is_stopped:
        return "the owner has stopped everything"
    names = [agent.name for agent in config.agents if agent.is_stopped]
    return f"the owner has stopped {', '.join(names)}" if names else ""


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

"""The customer's configuration as the proxy needs it, read again when its file changes."""

import asyncio
import os
from pathlib import Path

import structlog
from pydantic import ValidationError

from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.egress.errors import Refused

log = structlog.get_logger()


class ConfigReader:
    """Knows who may ask the model. Without a valid configuration nobody may."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int, int] | None = None
        self._config: TenantConfig | None = None
        self._looked_at = -1.0

    def current(self) -> TenantConfig | None:
        """The configuration in force; the last good one while the file cannot be read."""
        try:
            status = os.stat(self._path)
        except OSError:
            return self._config
        stamp = (status.st_mtime_ns, status.st_ino, status.st_size)
        if stamp != self._stamp:
            self._stamp = stamp
            self._load()
        return self._config

    def _load(self) -> None:
        try:
            self._config = TenantConfig.model_validate_json(self._path.read_bytes())
        except (OSError, ValidationError) as exc:
            log.error("proxy.config_unreadable", reason=type(exc).__name__)

    def admit(self, agent_id: str) -> TenantConfig:
        """
        The configuration, when this agent may ask the model now.

        Raises:
            Refused: Not configured, not known, or stopped.
        """
        return _admitted(self.current(), agent_id)

    def is_stopped(self, agent_id: str) -> bool:
        """Whether a kill switch is on for this agent at this moment. For every piece of an answer."""
        # One look serves all that comes in the same round of the loop, whose clock stands still meanwhile.
        now = asyncio.get_running_loop().time()
        config = self._config if now == self._looked_at else self.current()
        self._looked_at = now
        try:
            _admitted(config, agent_id)
        except Refused as refused:
            return refused.code in {"stopped", "unknown_agent"}
        return False


def _admitted(config: TenantConfig | None, agent_id: str) -> TenantConfig:
    if config is None:
        raise Refused(503, "not_configured", "This server has no configuration yet.")
    agent = next((agent for agent in config.agents if agent.agent_id == agent_id), None)
    if agent is None:
        raise Refused(403, "unknown_agent", "This server has no agent of that name.")
    if reason := stop_reason(config, agent):
        # Not 403: OpenClaw would not ask again for ten minutes, however soon the agent is switched on.
        raise Refused(400, "stopped", reason)
    return config


def stop_reason(config: TenantConfig, agent: AgentConfig) -> str:
    """Why the agent may not work now, in plain words; empty when it may."""
    if config.is_stopped:
        return "All agents of this server are switched off."
    return "This agent is switched off." if agent.is_stopped else ""

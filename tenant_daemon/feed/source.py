"""What the daemon has to tell the proxy, as it is at this moment."""

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from tenant_daemon.config_file import ConfigFile
from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.feed.messages import Registry
from tenant_daemon.hub_client.outbox import LinkStore, open_store
from tenant_daemon.vault import SecretNotFound, Vault


def _without_souls(config: TenantConfig) -> TenantConfig:
    """The proxy need not know what agents are told before anybody speaks to them."""
    agents = [agent.model_copy(update={"soul_md": ""}) for agent in config.agents]
    return config.model_copy(update={"agents": agents})


class Source:
    """Used by the threads of the feed. Raises whatever the vault raises."""

    def __init__(self, vault: Vault, key_names: Iterable[str], config_file: Path, link_db: Path) -> None:
        """``key_names`` are the secrets that are keys to the model's providers."""
        self._vault = vault
        self._key_names = frozenset(key_names)
        self._config = ConfigFile(config_file, _without_souls)
        self._link_db = link_db
        self._lock = threading.Lock()
        self._store: LinkStore | None = None

    def version(self) -> int:
        """A number that changes with every change of the vault, by any process."""
        return self._vault.version()

    def registry(self, version: int) -> Registry:
        """Everything of the vault that redaction and the providers need. Keys are audited as given out."""
        return Registry(
            version=version,
            secrets=self._vault.known_secrets(),
            canaries=self._vault.canaries(),
            keys={name: key for name in sorted(self._key_names) if (key := self._key(name)) is not None},
        )

    def config(self) -> TenantConfig | None:
        """The customer's configuration; the same object until it changes."""
        with self._lock:
            return self._config.current()

    def runs(self, agents: Iterable[str]) -> dict[str, list[str]]:
        """The ``traceparent`` of each run in progress that a question of these agents may belong to."""
        wanted = sorted(agents)
        return {agent_id: list(self._runs_of(agent_id)) for agent_id in wanted}

    def close(self) -> None:
        """Give back what was opened."""
        with self._lock:
            if self._store is not None:
                self._store.close()
            self._store = None

    def _runs_of(self, agent_id: str) -> Sequence[str]:
        with self._lock:
            # Only where somebody traces.
            if self._store is None:
                self._store = open_store(self._link_db)
            return self._store.traces.of_agent(agent_id)

    def _key(self, name: str) -> str | None:
        try:
            return self._vault.get(name, actor="proxy", purpose="model requests")
        except SecretNotFound:
            return None

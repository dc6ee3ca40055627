"""What the daemon told this proxy last: held in memory, and nowhere else."""

from collections.abc import Sequence
from typing import Final

from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.feed.messages import Registry
from tenant_daemon.kit.notice import Notice

_MOST_AGENTS: Final = 1_000


class NothingToldYet(Exception):
    """The daemon has not said yet what is secret here."""


class Known:
    """
    ``redaction.live.KnownSecrets`` and more. Written by the event loop, read by any thread.

    Nothing here says whether it is still in force: ``Feed.confirm`` does.
    """

    def __init__(self) -> None:
        self._registry: tuple[int, Registry] | None = None
        self.config: TenantConfig | None = None
        self.config_notice = 0
        self.proxy_token = ""
        self.runs: dict[str, list[str]] = {}
        """Agent -> its runs in progress, as of the last request; empty where nobody traces."""

    def set_registry(self, registry: Registry) -> None:
        """The vault has changed."""
        # A number of our own: a daemon whose vault was set up again counts from the beginning.
        self._registry = (self._registry[0] + 1 if self._registry else 1), registry

    def note_runs(self, runs: dict[str, list[str]]) -> None:
        """These agents have these runs in progress."""
        if len(self.runs) >= _MOST_AGENTS:
            self.runs.clear()
        self.runs |= runs

    def notice(self) -> Notice:
        """What the notice says as long as this is in force; raises NothingToldYet."""
        return Notice(self._told()[1].version, self.config_notice)

    def version(self) -> int:
        """Changes with each registry; raises NothingToldYet."""
        return self._told()[0]

    def known_secrets(self) -> Sequence[tuple[str, str]]:
        """Name and value of every version that the vault keeps; raises NothingToldYet."""
        return self._told()[1].secrets

    def canaries(self) -> frozenset[str]:
        """The planted secrets; none before anything was told, since nothing leaves then."""
        return self._registry[1].canaries if self._registry else frozenset()

    def key(self, name: str) -> str | None:
        """A key to a model's provider; None when the vault has none of that name. Raises NothingToldYet."""
        return self._told()[1].keys.get(name)

    def _told(self) -> tuple[int, Registry]:
        if self._registry is None:
            raise NothingToldYet
        return self._registry

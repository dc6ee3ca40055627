"""The port to whoever makes servers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Server:
    """A server as its provider knows it."""

    tenant_id: str
    name: str
    ref: str
    """What the provider calls it; empty before ``reserve``."""


class ProviderFailed(Exception):
    """The provider could not do it; the text is for the customer and holds no secret."""


class ServerProvider(Protocol):
    """
    Called in this order for each server: ``reserve``, ``prepare``, ``enrol``, ``start``; each may be called
    again after a crash or for another try, and then does what is missing. ``resume`` is called once when
    the jobs process starts, ``close`` once at its end.

    Every method raises ProviderFailed with a sentence for the customer.
    """

    @property
    def name(self) -> str:
        """As stored with the server."""

    async def reserve(self, tenant_id: str, taken_refs: Collection[str]) -> str:
        """A machine for this server that nobody else has; gives the provider's name for it."""

    async def prepare(self, server: Server) -> str:
        """Make its disk ready; gives a sentence on what there is."""

    async def enrol(self, server: Server, token: str) -> None:
        """Have it make its keys and trade the one-time token for its API key."""

    async def start(self, server: Server) -> None:
        """Switch its programs on, and keep them running."""

    def why_down(self, tenant_id: str) -> str | None:
        """Why it does not run, in words; None while all is well as far as the provider sees."""

    async def remove(self, server: Server) -> None:
        """Switch it off for ever and delete everything on it; harmless when it is gone already."""

    async def resume(self, servers: Sequence[Server]) -> None:
        """See that those which were started before run again."""

    async def close(self) -> None:
        """Let go of everything that must not outlive the jobs process."""

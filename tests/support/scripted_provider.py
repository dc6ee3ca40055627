"""A provider of servers that are not there: it remembers what it was asked, and fails or waits as told."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from letsbe_app.fleet.provisioning.providers.base import ProviderFailed, Server


@dataclass
class ScriptedProvider:
    """``failures`` maps a method to how often it fails first; ``on_start`` is set when a server starts."""

    name: str = "local"
    failures: dict[str, int] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    down: str | None = None
    started: asyncio.Event = field(default_factory=asyncio.Event)

    async def reserve(self, tenant_id: str, taken_refs: Collection[str]) -> str:
        self._note("reserve")
        return str(len(taken_refs))

    async def prepare(self, server: Server) -> str:
        self._note("prepare")
        return "Plenty is free."

    async def enrol(self, server: Server, token: str) -> None:
        self._note("enrol")
        self.tokens.append(token)

    async def start(self, server: Server) -> None:
        self._note("start")
        self.started.set()

    def why_down(self, tenant_id: str) -> str | None:
        return self.down

    async def remove(self, server: Server) -> None:
        self._note("remove")

    async def resume(self, servers: Sequence[Server]) -> None:
        self.calls.append(f"resume {len(servers)}")

    async def close(self) -> None:
        self.calls.append("close")

    def _note(self, call: str) -> None:
        self.calls.append(call)
        if self.failures.get(call, 0) > 0:
            self.failures[call] -= 1
            raise ProviderFailed(f"No luck with {call}.")

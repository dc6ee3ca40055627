"""A stand-in for OpenClaw behind ``AgentGateway``: the test says how its runs go."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tenant_daemon.hub_client.gateway import (
    AnswerEnded,
    AnswerGrew,
    GatewayAway,
    GatewayEvent,
    MessageRefused,
)


@dataclass
class FakeGateway:
    """Records what it is asked; ``tell`` is where its events go."""

    tell: Callable[[GatewayEvent], None] = lambda _event: None
    sent: list[tuple[str, str, str]] = field(default_factory=list)
    """(session key, text, run id)"""
    aborted: list[str] = field(default_factory=list)
    rewound: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    forgotten: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    known: dict[str, GatewayEvent] = field(default_factory=dict)
    """What ``look_up`` answers, by run id."""
    is_away: bool = False
    refuses: bool = False
    tried_in_vain: asyncio.Event = field(default_factory=asyncio.Event)
    aborts_at_once: bool = True
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, session_key: str, text: str, run_id: str) -> None:
        if self.refuses:
            raise MessageRefused("no")
        if self.is_away:
            self.tried_in_vain.set()
            raise GatewayAway("away")
        self.sent.append((session_key, text, run_id))
        self._news.set()

    async def abort(self, session_key: str, run_id: str) -> None:
        self.aborted.append(session_key)
        if self.aborts_at_once:
            self.tell(AnswerEnded(session_key, run_id, "aborted"))

    async def rewind(self, session_key: str, run_ids: Sequence[str]) -> None:
        self.rewound.append((session_key, tuple(run_ids)))

    async def forget(self, conversation_id: str, agent_ids: Sequence[str]) -> None:
        if self.is_away:
            raise GatewayAway("away")
        self.forgotten.append((conversation_id, tuple(agent_ids)))
        self._news.set()

    async def nth_forgotten(self, number: int) -> tuple[str, tuple[str, ...]]:
        """Wait for the n-th deletion, counted from 1."""
        async with asyncio.timeout(30):
            while len(self.forgotten) < number:
                self._news.clear()
                await self._news.wait()
        return self.forgotten[number - 1]

    async def look_up(self, session_key: str, run_id: str) -> GatewayEvent | None:
        if self.is_away:
            raise GatewayAway("away")
        return self.known.get(run_id)

    async def nth_sent(self, number: int) -> tuple[str, str, str]:
        """Wait for the n-th message, counted from 1."""
        async with asyncio.timeout(30):
            while len(self.sent) < number:
                self._news.clear()
                await self._news.wait()
        return self.sent[number - 1]

    def grow(self, number: int, text: str, *, is_paused: bool = False) -> None:
        """The answer to the n-th message reads like this now."""
        key, _, run_id = self.sent[number - 1]
        self.tell(AnswerGrew(key, run_id, text, is_paused))

    def end(self, number: int, text: str | None = None) -> None:
        """The answer to the n-th message is finished."""
        key, _, run_id = self.sent[number - 1]
        self.tell(AnswerEnded(key, run_id, "final", text))

"""OpenClaw as the chats see it: what they ask of it, what it tells, and whether it is there."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True)
class AnswerGrew:
    """A run has more text; ``text`` is all of it so far, not redacted."""

    session_key: str
    run_id: str
    text: str
    is_paused: bool = False
    """Whether the model has said what it wanted to say before a tool call, which may wait for a person."""


@dataclass(frozen=True)
class AnswerEnded:
    """
    A run is over; ``text`` is the whole answer, None where OpenClaw does not repeat it.

    ``lost`` says that it broke off without an end: OpenClaw was restarted. ``unreached`` and ``refused`` say
    that it never began: OpenClaw stayed away, or did not take the message.
    """

    session_key: str
    run_id: str
    outcome: Literal["final", "aborted", "error", "lost", "unreached", "refused"]
    text: str | None = None
    error: str = ""


GatewayEvent = AnswerGrew | AnswerEnded


class GatewayAway(Exception):
    """OpenClaw does not answer, or answered that it cannot."""


class MessageRefused(GatewayAway):
    """OpenClaw is there and does not take a message; asking again would change nothing."""


class AgentGateway(Protocol):
    """A verified connection to OpenClaw. Every call has a time limit and may raise GatewayAway."""

    async def send(self, session_key: str, text: str, run_id: str) -> None:
        """
        Give the agent a message; its run gets this id. A second call with the id changes nothing.

        Raises:
            MessageRefused: It is not taken, now or later.
        """

    async def abort(self, session_key: str, run_id: str) -> None:
        """Stop a run; it then ends as ``aborted``."""

    async def rewind(self, session_key: str, run_ids: Sequence[str]) -> None:
        """Bring a session to the point before these runs; what it knows of none of them stays as it is."""

    async def forget(self, conversation_id: str, agent_ids: Sequence[str]) -> None:
        """Delete the conversation's sessions with these agents, and all that was said in them."""

    async def look_up(self, session_key: str, run_id: str) -> GatewayEvent | None:
        """Where a run stands whose events were missed; None when OpenClaw knows nothing of it."""


class GatewayDoor:
    """
    The way to the agents, shared by every chat of the server.

    It is open for new messages while OpenClaw is there and verified and every other part is healthy. A run
    that has begun may talk to OpenClaw (``now``) as long as that is there.
    """

    def __init__(self) -> None:
        self._gateway: AgentGateway | None = None
        self._is_healthy = False
        self._opened = asyncio.Event()

    @property
    def is_open(self) -> bool:
        return self._opened.is_set()

    @property
    def has_gateway(self) -> bool:
        """Whether OpenClaw is there and verified."""
        return self._gateway is not None

    def open(self, gateway: AgentGateway) -> None:
        """OpenClaw is there and verified."""
        self._gateway = gateway
        self._update()

    def close(self) -> None:
        """OpenClaw is away, or must not be talked to."""
        self._gateway = None
        self._update()

    def set_healthy(self, is_healthy: bool) -> None:
        """Whether the other parts of the server are fit for work."""
        self._is_healthy = is_healthy
        self._update()

    def now(self) -> AgentGateway:
        """The gateway. Raises GatewayAway."""
        if self._gateway is None:
            raise GatewayAway("OpenClaw is away")
        return self._gateway

    async def wait(self) -> AgentGateway:
        """The gateway, as soon as the door is open."""
        while self._gateway is None or not self._is_healthy:
            await self._opened.wait()
        return self._gateway

    async def wait_or(self, other: asyncio.Event) -> None:
        """Until the door opens or the other thing happens."""
        waits = [asyncio.create_task(self._opened.wait()), asyncio.create_task(other.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()

    def _update(self) -> None:
        if self._gateway is not None and self._is_healthy:
            self._opened.set()
        else:
            self._opened.clear()

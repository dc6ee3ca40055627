"""One agent asks a colleague: a session beside the conversation, whose last words are the answer."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Container
from dataclasses import dataclass
from typing import Final

import structlog

from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.hub_client.gateway import AgentGateway, AnswerEnded, GatewayAway, GatewayDoor, GatewayEvent
from tenant_daemon.hub_client.local_door import HANDOVER_SECONDS
from tenant_daemon.hub_client.sessions import ChatSession

MAX_AT_ONCE: Final = 8

log = structlog.get_logger()


class HandoverRefused(Exception):
    """It cannot be done; the text says why, in words for the agent that asked."""


@dataclass
class _Handover:
    session: ChatSession
    run_id: str
    ended: "asyncio.Future[AnswerEnded | None]"


class Handovers:
    """The colleagues that work for another agent just now. One level deep: a colleague cannot ask on."""

    def __init__(
        self,
        door: GatewayDoor,
        config: Callable[[], TenantConfig | None],
        cancel_tools: Callable[[ChatSession], Awaitable[None]],
    ) -> None:
        self._door = door
        self._config = config
        self._cancel_tools = cancel_tools
        self._active: dict[str, _Handover] = {}

    async def ask(self, from_agent: str, session: ChatSession, message: str) -> str:
        """
        The colleague's final words. Cancelled, it stops the colleague.

        Raises:
            HandoverRefused: It is not possible now, took too long, or failed.
        """
        self._check(from_agent, session)
        try:
            gateway = self._door.now()
        except GatewayAway:
            raise HandoverRefused("The colleague cannot be reached now; try again later.") from None
        run_id = f"handover_{secrets.token_hex(10)}"
        handover = _Handover(session, run_id, asyncio.get_running_loop().create_future())
        self._active[session.key] = handover
        log.info("handover.started", run_id=run_id, from_agent=from_agent, to_agent=session.agent_id)
        try:
            return await self._work(gateway, handover, message)
        finally:
            del self._active[session.key]
            log.info("handover.finished", run_id=run_id)

    def on_event(self, event: GatewayEvent) -> None:
        """Something happened in a handover's session."""
        handover = self._active.get(event.session_key)
        if handover is None or event.run_id != handover.run_id or handover.ended.done():
            return
        if isinstance(event, AnswerEnded):
            handover.ended.set_result(event)

    def is_at_work(self, session: ChatSession) -> bool:
        """Whether a colleague works in this session; OpenClaw would mix a second message into its run."""
        return session.key in self._active

    async def stop_others(self, working: Container[str]) -> None:
        """Stop every colleague who is not among these agents any more."""
        for handover in list(self._active.values()):
            if handover.session.agent_id not in working:
                await self._stop(handover)

    async def stop(self, conversation_id: str) -> None:
        """The customer stopped the conversation, colleagues included."""
        for handover in list(self._active.values()):
            if handover.session.conversation_id == conversation_id:
                await self._stop(handover)

    def interrupt(self) -> None:
        """OpenClaw is gone and every colleague with it."""
        for handover in self._active.values():
            if not handover.ended.done():
                handover.ended.set_result(None)

    async def catch_up(self, gateway: AgentGateway) -> None:
        """The connection to OpenClaw was lost and is back."""
        for handover in list(self._active.values()):
            try:
                event = await gateway.look_up(handover.session.key, handover.run_id)
            except GatewayAway:
                return
            if event is not None:
                self.on_event(event)
            elif not handover.ended.done():
                handover.ended.set_result(None)

    def _check(self, from_agent: str, session: ChatSession) -> None:
        config = self._config()
        known = {agent.agent_id: agent for agent in config.agents} if config else {}
        colleague = known.get(session.agent_id)
        if colleague is None:
            raise HandoverRefused(f"There is no colleague {session.agent_id} on this server.")
        if colleague.is_stopped or (config and config.is_stopped):
            raise HandoverRefused(f"The colleague {session.agent_id} is switched off.")
        if session.agent_id == from_agent:
            raise HandoverRefused("An agent cannot hand a task to itself.")
        asked = {
            active.session.agent_id
            for active in self._active.values()
            if active.session.conversation_id == session.conversation_id
        }
        if from_agent in asked:
            raise HandoverRefused("A colleague who was asked cannot hand the task on; answer it yourself.")
        if session.key in self._active or len(self._active) >= MAX_AT_ONCE:
            raise HandoverRefused("Too many colleagues are at work; try again later.")

    async def _work(self, gateway: AgentGateway, handover: _Handover, message: str) -> str:
        try:
            async with asyncio.timeout(HANDOVER_SECONDS):
                await gateway.send(handover.session.key, message, handover.run_id)
                end = await handover.ended
        except GatewayAway:
            raise HandoverRefused("The colleague cannot be reached now; try again later.") from None
        except TimeoutError:
            await self._stop(handover)
            raise HandoverRefused("The colleague did not finish in time and was stopped.") from None
        except asyncio.CancelledError:
            await asyncio.shield(self._stop(handover))
            raise
        if end is None:
            raise HandoverRefused("The colleague's work was cut off by a restart; ask again.")
        if end.outcome != "final":
            raise HandoverRefused("The colleague could not finish the task.")
        return end.text or "The colleague finished without an answer."

    async def _stop(self, handover: _Handover) -> None:
        await self._cancel_tools(handover.session)
        try:
            await self._door.now().abort(handover.session.key, handover.run_id)
        except GatewayAway:
            return

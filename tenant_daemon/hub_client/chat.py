"""Every chat of this server: customers' words go to the agents, their answers into the journal."""

import asyncio
from typing import Final

import structlog

from tenant_daemon.contracts.chat import SendMessage
from tenant_daemon.hub_client.conversation import Conversation
from tenant_daemon.hub_client.gateway import AgentGateway, GatewayAway, GatewayEvent
from tenant_daemon.hub_client.handovers import Handovers
from tenant_daemon.hub_client.inbox import Incoming
from tenant_daemon.hub_client.jobs import AnswerMessage, DeliverFollowUp, Job, Resume
from tenant_daemon.hub_client.run_in_progress import ChatParts
from tenant_daemon.hub_client.sessions import ChatSession
from tenant_daemon.kit.backoff import Backoff

GRACE_SECONDS: Final = 5.0
"""A connection to OpenClaw that is back within this time has cost nothing: the runs go on there."""
_FORGET_CAP_SECONDS: Final = 30.0

log = structlog.get_logger()


class ChatRelay:
    """
    Calls come from the link's event loop. Call ``restore`` first.

    A conversation that fails (a full disk) ends the task group, and with it the link: its supervisor starts
    it again, and the journal knows where it was.
    """

    def __init__(self, parts: ChatParts, handovers: Handovers, tasks: asyncio.TaskGroup) -> None:
        self._parts = parts
        self._handovers = handovers
        self._tasks = tasks
        self._conversations: dict[str, Conversation] = {}
        self._grace: asyncio.TimerHandle | None = None

    def restore(self) -> None:
        """Take up what the last run of this process left: open runs first, then what waits behind them."""
        store = self._parts.store
        messages = {message.id: message for message in store.inbox.pending()}
        for run in store.journal.unfinished():
            pending = messages.pop(run.inbox_id or "", None)
            message = pending.payload if pending and isinstance(pending.payload, SendMessage) else None
            self._put(run.conversation_id, Resume(run, store.journal.text(run.run_id), message))
        for incoming in messages.values():
            if isinstance(incoming.payload, SendMessage):
                self.on_message(incoming)
        self.on_store_changed()

    def on_message(self, incoming: Incoming) -> None:
        """The customer said something; it stays in the inbox until its run is finished."""
        job = AnswerMessage.of(incoming)
        self._put(job.message.conversation_id, job)
        self._release(job.message.conversation_id)

    async def stop(self, conversation_id: str) -> None:
        """The customer pressed stop."""
        await self._handovers.stop(conversation_id)
        conversation = self._conversations.get(conversation_id)
        if conversation is not None:
            await conversation.stop()

    async def forget(self, conversation_id: str, agent_id: str) -> None:
        """The customer deleted a conversation; returns when OpenClaw has deleted it as well."""
        await self.stop(conversation_id)
        self._parts.store.forget_conversation(conversation_id)
        config = self._parts.config()
        known = [agent.agent_id for agent in config.agents] if config else [agent_id]
        backoff = Backoff(base_seconds=0.5, cap_seconds=_FORGET_CAP_SECONDS)
        while True:
            # Also colleagues that were asked have sessions of their own.
            gateway = await self._parts.door.wait()
            try:
                await gateway.forget(conversation_id, known)
                break
            except GatewayAway as exc:
                log.warning("chat.not_forgotten_yet", conversation_id=conversation_id, reason=str(exc))
                await asyncio.sleep(backoff.after_failure())
        log.info("chat.forgotten", conversation_id=conversation_id)

    async def on_config_changed(self) -> None:
        """A kill switch may have been set: what it covers is stopped now."""
        config = self._parts.config()
        if config is None:
            return
        working = {
            agent.agent_id for agent in config.agents if not agent.is_stopped and not config.is_stopped
        }
        for conversation_id, conversation in list(self._conversations.items()):
            current = conversation.current
            if current is not None and current.session.agent_id not in working:
                await self.stop(conversation_id)
        await self._handovers.stop_others(working)
        self.on_store_changed()

    def on_store_changed(self) -> None:
        """Another process may have stored tool events or a follow-up."""
        for conversation_id in self._parts.store.conversations_with_tool_events():
            if conversation_id in self._conversations:
                self._conversations[conversation_id].add_tool_events()
                # One of them may be a question, and an answer is wanted of the agent.
                self._release(conversation_id)
        for follow_up in self._parts.store.follow_ups.waiting():
            if self._handovers.is_at_work(follow_up.session):
                continue  # The store is looked into again every few seconds.
            job = DeliverFollowUp(follow_up.position, follow_up.session, follow_up.text)
            self._put(follow_up.session.conversation_id, job)

    def on_gateway_event(self, event: GatewayEvent) -> None:
        """OpenClaw says something; sessions that are not ours are none of our business."""
        session = ChatSession.parse_or_none(event.session_key)
        if session is None or event.run_id in self._parts.recent_runs:
            return
        if session.handover_call:
            self._handovers.on_event(event)
            # What a colleague is told later is a run of the conversation; nothing else of it is.
            told_later = self._conversations.get(session.conversation_id)
            if told_later is not None:
                told_later.follow(event)
            return
        conversation = self._conversation(session.conversation_id)
        conversation.on_event(session, event)
        self._start(session.conversation_id, conversation)

    async def on_gateway_opened(self, gateway: AgentGateway) -> None:
        """OpenClaw is there and verified."""
        if self._grace is not None:
            self._grace.cancel()
            self._grace = None
        for conversation in list(self._conversations.values()):
            await conversation.catch_up(gateway)
        await self._handovers.catch_up(gateway)
        self._parts.door.open(gateway)

    def on_gateway_lost(self) -> None:
        """The connection to OpenClaw ended."""
        self._parts.door.close()
        if self._grace is None:
            self._grace = asyncio.get_running_loop().call_later(GRACE_SECONDS, self._interrupt_all)

    def _interrupt_all(self) -> None:
        self._handovers.interrupt()
        for conversation in self._conversations.values():
            conversation.interrupt()

    def _release(self, conversation_id: str) -> None:
        """Nobody waits behind a question that they want to talk about first."""
        if self._conversations[conversation_id].keeps_waiting:
            self._tasks.create_task(self._parts.release_tools(conversation_id))

    def _put(self, conversation_id: str, job: Job) -> None:
        conversation = self._conversation(conversation_id)
        conversation.put(job)
        self._start(conversation_id, conversation)

    def _conversation(self, conversation_id: str) -> Conversation:
        return self._conversations.get(conversation_id) or Conversation(self._parts)

    def _start(self, conversation_id: str, conversation: Conversation) -> None:
        """Have the conversation worked on, by one task."""
        if conversation_id not in self._conversations and not conversation.is_idle:
            self._conversations[conversation_id] = conversation
            self._tasks.create_task(self._work(conversation_id, conversation), name=f"chat {conversation_id}")

    async def _work(self, conversation_id: str, conversation: Conversation) -> None:
        await conversation.work()
        # Nothing was awaited since the last look at its jobs, so none can have come in between.
        del self._conversations[conversation_id]

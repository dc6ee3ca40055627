"""
One conversation on this server: its jobs are done one after the other, each as one run.

``on_event`` and ``stop`` are called from outside at any time; ``work`` is the one task that begins and
finishes runs, so events of two runs of a conversation never mix.
"""

import asyncio
import secrets
from collections.abc import Callable
from typing import Final, assert_never

import structlog

from tenant_daemon.contracts.chat import RunOutcome, SendMessage
from tenant_daemon.hub_client import notes
from tenant_daemon.hub_client.attachments import FilesNotFetched
from tenant_daemon.hub_client.gateway import AgentGateway, GatewayAway, GatewayEvent
from tenant_daemon.hub_client.jobs import AnswerMessage, DeliverFollowUp, Job, Resume, Uninvited, Waiting
from tenant_daemon.hub_client.run_in_progress import ChatParts, RunInProgress
from tenant_daemon.hub_client.sessions import ChatSession
from tenant_daemon.tracing import Attribute, Span

RESUME_SECONDS: Final = 90
"""How long a run that a restart cut off waits for OpenClaw."""

log = structlog.get_logger()


class Conversation:
    """Made by ``ChatRelay`` when something happens in it, dropped when nothing is left to do."""

    def __init__(self, parts: ChatParts) -> None:
        self._parts = parts
        self._waiting = Waiting()
        self._current: RunInProgress | None = None
        self._changed = asyncio.Event()

    @property
    def current(self) -> RunInProgress | None:
        """The run in progress."""
        return self._current

    @property
    def is_idle(self) -> bool:
        return not self._waiting.jobs and self._current is None

    @property
    def keeps_waiting(self) -> bool:
        """Whether the owner has said something that the run in progress keeps from the agent."""
        return self._current is not None and any(isinstance(job, AnswerMessage) for job in self._waiting.jobs)

    def put(self, job: Job) -> None:
        """Add a job behind the others; one that is under way already goes in front."""
        if isinstance(job, DeliverFollowUp) and job in self._waiting.jobs:
            return
        if isinstance(job, Uninvited | Resume):
            self._waiting.put_first(job)
        else:
            self._waiting.jobs.append(job)
        self._changed.set()

    async def work(self) -> None:
        """Do every job; returns when none is left."""
        while self._waiting.jobs:
            await self._do(self._waiting.jobs[0])

    def on_event(self, session: ChatSession, event: GatewayEvent) -> None:
        """Something happened in OpenClaw's session of this conversation."""
        if self.follow(event):
            return
        uninvited = self._waiting.uninvited(event.run_id)
        if uninvited is not None:
            uninvited.latest = event
        elif event.text:
            self.put(Uninvited(event.run_id, session, event))

    def follow(self, event: GatewayEvent) -> bool:
        """Take what concerns the run in progress; False when it does not."""
        if self._current is None or event.run_id != self._current.gateway_run_id:
            return False
        self._current.follow(event)
        return True

    def add_tool_events(self) -> None:
        """The wrapper has stored events for this conversation."""
        if self._current is not None:
            self._current.add_tool_events()

    async def stop(self) -> None:
        """End the run in progress, and do not begin the messages that wait."""
        self._waiting.stop()
        self._changed.set()
        if self._current is not None:
            await self._current.stop()

    def interrupt(self) -> None:
        """OpenClaw is gone and with it the run in progress."""
        if self._current is not None:
            self._current.interrupt()

    async def catch_up(self, gateway: AgentGateway) -> None:
        """The connection to OpenClaw was lost and is back."""
        if self._current is not None:
            await self._current.catch_up(gateway)

    async def _do(self, job: Job) -> None:
        try:
            match job:
                case AnswerMessage():
                    await self._answer(job)
                case DeliverFollowUp():
                    await self._deliver(job)
                case Uninvited():
                    await self._adopt(job)
                case Resume():
                    await self._resume(job)
                case _:
                    assert_never(job)
        finally:
            self._current = None

    async def _answer(self, job: AnswerMessage) -> None:
        if not job.is_stopped and not await self._is_next(job):
            return
        self._waiting.jobs.remove(job)
        session = ChatSession(job.message.agent_id, job.message.conversation_id)
        run = self._begin(
            session,
            in_reply_to=job.message.message_id,
            inbox_id=job.inbox_id,
            traceparent=job.message.traceparent,
        )
        refusal = notes.NOT_BEGUN if job.is_stopped else self._refusal(session.agent_id)
        if refusal:
            run.finish(RunOutcome.STOPPED, refusal)
            return
        await self._hand_over(run, job.message)

    async def _deliver(self, job: DeliverFollowUp) -> None:
        if not await self._is_next(job):
            return
        self._waiting.jobs.remove(job)
        if self._refusal(job.session.agent_id):
            return  # It stays in the store and is told when the agent is switched on.
        run = self._begin(job.session)
        self._parts.store.journal.mark_sent(run.run_id, follow_up=job.position)
        await run.send(job.text)
        await run.conclude()

    async def _adopt(self, job: Uninvited) -> None:
        self._waiting.jobs.remove(job)
        run = self._begin(job.session, gateway_run_id=job.run_id)
        self._parts.store.journal.mark_sent(run.run_id)
        run.follow(job.latest)
        await run.conclude()

    async def _resume(self, job: Resume) -> None:
        self._waiting.jobs.remove(job)
        session = ChatSession.parse(job.run.session_key)
        run_id = job.run.run_id
        span = self._span(session, run_id, self._parts.store.traces.of_run)
        run = RunInProgress(self._parts, session, run_id, job.run.gateway_run_id, span, job.text)
        self._current = run
        try:
            async with asyncio.timeout(RESUME_SECONDS):
                gateway = await self._parts.door.wait()
        except TimeoutError:
            run.interrupt()
        else:
            if job.message is not None and not await _has_got(gateway, job, run):
                await self._hand_over(run, job.message)
                return
            await run.catch_up(gateway)
        await run.conclude()

    async def _hand_over(self, run: RunInProgress, message: SendMessage) -> None:
        """Bring the message with its files to the agent, and follow its answer to the end."""
        try:
            told = await self._parts.fetch_files(message.agent_id, message.attachments)
        except FilesNotFetched as problem:
            run.finish(RunOutcome.FAILED, self._parts.redact(str(problem)))
            return
        self._parts.store.journal.mark_sent(run.run_id)
        await run.send(message.text + told, message.takes_back)
        await run.conclude()

    async def _is_next(self, job: Job) -> bool:
        """Wait until OpenClaw can take the job. False when it was stopped, or another job came first."""
        while not self._parts.door.is_open:
            self._changed.clear()
            if self._waiting.jobs[0] is not job:
                return False
            await self._parts.door.wait_or(self._changed)
        return self._waiting.jobs[0] is job

    def _refusal(self, agent_id: str) -> str:
        return notes.refusal(self._parts.config(), agent_id)

    def _begin(
        self,
        session: ChatSession,
        *,
        in_reply_to: str | None = None,
        inbox_id: str | None = None,
        gateway_run_id: str = "",
        traceparent: str = "",
    ) -> RunInProgress:
        run_id = f"run_{secrets.token_hex(13)}"
        span = self._span(session, run_id, lambda _run_id: [traceparent])
        self._parts.store.journal.begin(
            run_id,
            session,
            in_reply_to=in_reply_to,
            inbox_id=inbox_id,
            gateway_run_id=gateway_run_id,
            traceparent=span.traceparent,
        )
        self._parts.wake_link()
        log.info("run.started", run_id=run_id, conversation_id=session.conversation_id)
        self._current = RunInProgress(self._parts, session, run_id, gateway_run_id or run_id, span)
        return self._current

    def _span(self, session: ChatSession, run_id: str, parents: Callable[[str], list[str]]) -> Span:
        span = self._parts.traces.begin("run", lambda: parents(run_id))
        span.note(
            {
                Attribute.RUN_ID: run_id,
                Attribute.CONVERSATION_ID: session.conversation_id,
                Attribute.AGENT_ID: session.agent_id,
            }
        )
        return span


async def _has_got(gateway: AgentGateway, job: Resume, run: RunInProgress) -> bool:
    """Whether OpenClaw has the message of a run that a restart cut off."""
    if not job.run.is_sent:
        return False
    try:
        return await run.is_known(gateway)
    except GatewayAway:
        # Nobody can tell: what it does is followed, and not begun a second time.
        return True

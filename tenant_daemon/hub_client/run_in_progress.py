"""One run from its begin in OpenClaw to its last event."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final, assert_never

import structlog

from tenant_daemon.contracts.chat import AttachedFile, RunOutcome
from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.hub_client import notes
from tenant_daemon.hub_client.answer import AnswerText, TextStream
from tenant_daemon.hub_client.gateway import (
    AgentGateway,
    AnswerEnded,
    AnswerGrew,
    GatewayAway,
    GatewayDoor,
    GatewayEvent,
    MessageRefused,
)
from tenant_daemon.hub_client.jobs import RecentRuns
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.hub_client.run_writer import RunWriter
from tenant_daemon.hub_client.sessions import ChatSession
from tenant_daemon.kit.backoff import Backoff
from tenant_daemon.tracing import NO_TRACES, Attribute, Span, Traces

RUN_SECONDS: Final = 3_700
"""Longest run; OpenClaw's own limit is a little shorter."""
TAKE_SECONDS: Final = 90
"""How long a message that OpenClaw has not got waits for it to be back."""
_TAKE_PAUSE_SECONDS: Final = 0.25
_LONGEST_TAKE_PAUSE_SECONDS: Final = 5.0
STOP_SECONDS: Final = 10
"""How long OpenClaw has to confirm a stop."""

_WITHOUT_END: Final = ("lost", "unreached")
"""OpenClaw may still tell of such a run."""

log = structlog.get_logger()


@dataclass(frozen=True)
class ChatParts:
    """What every conversation of the server shares."""

    store: LinkStore
    door: GatewayDoor
    new_stream: Callable[[], TextStream]
    """A fresh ``StreamRedactor``."""
    redact: Callable[[str], str]
    wake_link: Callable[[], None]
    cancel_tools: Callable[[ChatSession], Awaitable[None]]
    """Tells the wrapper that a session's calls, waiting approvals included, are off. Never raises."""
    release_tools: Callable[[str], Coroutine[None, None, None]]
    """Has the wrapper answer a conversation's calls that wait for a person. Never raises."""
    config: Callable[[], TenantConfig | None]
    is_practice: bool
    recent_runs: RecentRuns
    fetch_files: Callable[[str, Sequence[AttachedFile]], Awaitable[str]]
    """Puts a message's files into an agent's workspace and gives what the agent is told of them. May raise
    ``FilesNotFetched``."""
    why_refused: Callable[[str], Awaitable[str]]
    """Why the proxy refused an agent just now, for the owner; empty when it did not. Never raises."""
    traces: Traces = NO_TRACES


class RunInProgress:
    """
    Follows OpenClaw and writes the run's events.

    Begin with ``send`` or ``follow``, then await ``conclude`` once: it writes the last event.
    """

    def __init__(
        self,
        parts: ChatParts,
        session: ChatSession,
        run_id: str,
        gateway_run_id: str,
        span: Span,
        already: str = "",
    ) -> None:
        self.session = session
        self.run_id = run_id
        self.gateway_run_id = gateway_run_id
        self._parts = parts
        self._span = span
        self._is_stopping = False
        self._is_taken = True
        """False while it is not known whether OpenClaw has the message."""
        self._writer = RunWriter(
            parts.store.journal,
            run_id,
            AnswerText(parts.new_stream(), already),
            is_practice=parts.is_practice,
            wake=parts.wake_link,
        )
        # None says that OpenClaw is gone and the run with it.
        self._ended: asyncio.Future[AnswerEnded | None] = asyncio.get_running_loop().create_future()

    async def send(self, text: str, takes_back: Sequence[str] = ()) -> None:
        """
        Hand the message to OpenClaw, after the session was brought to the point before these runs.

        A connection that breaks meanwhile leaves open whether it has arrived: once OpenClaw is back it is
        asked, and gets the message again only where it knows nothing of it.
        """
        self._is_taken = False
        try:
            async with asyncio.timeout(TAKE_SECONDS):
                await self._hand_over(text, takes_back)
        except TimeoutError:
            self._end_here(AnswerEnded(self.session.key, self.gateway_run_id, "unreached"))
        except MessageRefused:
            self._end_here(AnswerEnded(self.session.key, self.gateway_run_id, "refused"))

    async def _hand_over(self, text: str, takes_back: Sequence[str]) -> None:
        pauses = Backoff(base_seconds=_TAKE_PAUSE_SECONDS, cap_seconds=_LONGEST_TAKE_PAUSE_SECONDS)
        while not self._is_settled:
            try:
                gateway = await self._gateway()
                if pauses.failures and await self.is_known(gateway):
                    return
                if not self._is_settled:
                    await self._give(gateway, text, takes_back)
            except MessageRefused:
                raise
            except GatewayAway:
                await self._end_or(asyncio.sleep(pauses.after_failure()))

    async def _give(self, gateway: AgentGateway, text: str, takes_back: Sequence[str]) -> None:
        if takes_back:
            await gateway.rewind(self.session.key, takes_back)
        await gateway.send(self.session.key, text, self.gateway_run_id)
        self._is_taken = True
        if self._is_stopping:
            # The stop may have come before OpenClaw knew of the run.
            await gateway.abort(self.session.key, self.gateway_run_id)

    @property
    def _is_settled(self) -> bool:
        """Whether there is nothing to hand over any more."""
        return self._is_taken or self._ended.done()

    async def _gateway(self) -> AgentGateway:
        """OpenClaw, as soon as it is there; raises GatewayAway when the run has ended before."""
        await self._end_or(self._parts.door.wait())
        return self._parts.door.now()

    async def _end_or(self, other: Coroutine[None, None, object]) -> None:
        """Until the run has ended or the other thing has happened."""
        waiting = asyncio.ensure_future(other)
        either: set[asyncio.Future[Any]] = {waiting, self._ended}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()

    async def is_known(self, gateway: AgentGateway) -> bool:
        """Whether OpenClaw has this run, whose course is then taken up. Raises GatewayAway."""
        event = await gateway.look_up(self.session.key, self.gateway_run_id)
        if event is None:
            return False
        self._is_taken = True
        self.follow(event)
        return True

    def follow(self, event: GatewayEvent) -> None:
        """OpenClaw says how the run goes."""
        if self._ended.done():
            return
        if isinstance(event, AnswerGrew):
            self._writer.grow(event.text, is_paused=event.is_paused)
        else:
            self._ended.set_result(event)

    def add_tool_events(self) -> None:
        """The wrapper has stored events for this conversation."""
        self._writer.add_tool_events()

    def interrupt(self) -> None:
        """OpenClaw is gone and with it the run, unless it has yet to get the message."""
        if self._is_taken:
            self._end_here(None)

    def _end_here(self, end: AnswerEnded | None) -> None:
        if not self._ended.done():
            self._ended.set_result(end)

    async def catch_up(self, gateway: AgentGateway) -> None:
        """Events were missed: ask where the run stands."""
        try:
            is_known = await self.is_known(gateway)
        except GatewayAway:
            return
        if not is_known:
            self.interrupt()

    async def stop(self) -> None:
        """End the run, at the latest in ``STOP_SECONDS``; what it has said stays."""
        if self._is_stopping or self._ended.done():
            return
        self._is_stopping = True
        await self._parts.cancel_tools(self.session)
        try:
            await self._parts.door.now().abort(self.session.key, self.gateway_run_id)
            await self._end_within(STOP_SECONDS)
        except (GatewayAway, TimeoutError):
            self._end_here(AnswerEnded(self.session.key, self.gateway_run_id, "aborted"))

    async def conclude(self) -> None:
        """Wait for the end and write it. Cancelled, it leaves the run open for the next start of the link."""
        try:
            end = await self._end_within(RUN_SECONDS)
        except TimeoutError:
            await self.stop()
            self.finish(RunOutcome.FAILED, notes.TOO_LATE)
            return
        if end is None:
            self.finish(RunOutcome.INTERRUPTED, notes.CUT_OFF)
            return
        if end.outcome not in _WITHOUT_END:
            self._parts.recent_runs.add(self.gateway_run_id)
        match end.outcome:
            case "final":
                self.finish(RunOutcome.COMPLETED, "" if end.text else notes.NO_WORDS, end.text)
            case "aborted":
                self.finish(RunOutcome.STOPPED, self._why_stopped(), end.text)
            case "lost":
                self.finish(RunOutcome.INTERRUPTED, notes.CUT_OFF, end.text)
            case "unreached":
                self.finish(RunOutcome.INTERRUPTED, notes.NOT_REACHED)
            case "refused":
                self.finish(RunOutcome.FAILED, notes.NOT_TAKEN)
            case "error" if self._is_stopping:
                self.finish(RunOutcome.STOPPED, self._why_stopped(), end.text)
            case "error":
                # The proxy's own words before OpenClaw's, which are advice for programmers.
                why = await self._parts.why_refused(self.session.agent_id)
                self.finish(RunOutcome.FAILED, notes.failed(self._parts.redact(why or end.error)), end.text)
            case _:
                assert_never(end.outcome)

    def _why_stopped(self) -> str:
        """The kill switch, where it is that; whoever stopped the answer alone knows."""
        return notes.refusal(self._parts.config(), self.session.agent_id)

    async def _end_within(self, seconds: float) -> AnswerEnded | None:
        # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes with the end.
        async with asyncio.timeout(seconds):
            return await asyncio.shield(self._ended)

    def finish(self, outcome: RunOutcome, note: str = "", whole: str | None = None) -> None:
        """Write the last event."""
        self._writer.finish(outcome, note, whole)
        self._span.note({Attribute.OUTCOME: outcome.value})
        self._span.end(outcome.value if outcome is RunOutcome.FAILED else "")
        log.info("run.finished", run_id=self.run_id, outcome=outcome)

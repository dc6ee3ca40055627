"""
Calls that are under way in this process, and those who wait for them.

Each call has a task of its own. Who asked may go away (a restart of OpenClaw) and come back, or never: the
task goes on, and a result that nobody fetched is told to the agent in a follow-up.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from tenant_daemon.contracts.tiers import tier_label
from tenant_daemon.safety.announcer import Announcer
from tenant_daemon.safety.approval_store import Approval, ApprovalStore
from tenant_daemon.safety.calls import Call, CallState, CallStore
from tenant_daemon.safety.pending import PendingApprovals
from tenant_daemon.safety.previews import exact
from tenant_daemon.safety.schemas import ExecuteRequest, ExecuteResponse, ExecuteStatus
from tenant_daemon.safety.wrapper import SafetyWrapper

_TOLD_CHARACTERS: Final = 8_000

log = structlog.get_logger()


@dataclass(frozen=True)
class Patience:
    """How long is waited for whom."""

    wait_seconds: float = 600
    """
    Until an undecided call is answered with ``waiting``.

    Well below the 900 after which OpenClaw takes a run for stuck and aborts it, which withdraws its question.
    """
    return_seconds: float = 12
    """For a caller that lost its connection to come back and fetch the result itself."""


class LiveCall:
    """A call in progress."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.stop_reason: str | None = None
        """Set before the task is cancelled because somebody stopped the call."""
        self.task: asyncio.Task[None] | None = None
        self.done: asyncio.Future[ExecuteResponse] = asyncio.get_running_loop().create_future()
        self.fetched = asyncio.Event()
        self.released = asyncio.Event()
        """Whoever waits for a decision is answered with ``waiting`` now."""
        self.is_promised = False
        """The agent was told that it will hear of the end later."""


class LiveCalls:
    """Starts, joins and stops calls."""

    def __init__(
        self,
        wrapper: SafetyWrapper,
        calls: CallStore,
        approvals: ApprovalStore,
        pending: PendingApprovals,
        announcer: Announcer,
        patience: Patience,
    ) -> None:
        self._wrapper = wrapper
        self._calls = calls
        self._approvals = approvals
        self._pending = pending
        self._announcer = announcer
        self._patience = patience
        self._live: dict[str, LiveCall] = {}

    def resume(self) -> None:
        """After a start: end what had begun, go on with what waited, tell what nobody was told."""
        for call in self._calls.in_state(CallState.EXECUTING):
            self._finish(call, self._wrapper.interrupted(call))
        self._pending.announce_again()
        for call in self._calls.in_state(CallState.WAITING):
            self._start(call)
        for call in self._calls.undelivered():
            response = self._calls.response(call)
            if response is not None:
                self._start(call, response)
        self._calls.forget_old()

    async def execute(self, request: ExecuteRequest) -> ExecuteResponse:
        """
        The answer to a call: run now, joined when it was delivered before, or ``waiting``.

        Cancelling this (the caller is gone) leaves the call going on.
        """
        call, state = self._calls.record(request)
        live = self._live.get(call.key)
        if live is None:
            if state is CallState.DONE:
                response = self._calls.response(call)
                assert response is not None
                self._mark_delivered(call)
                return response
            if state is CallState.EXECUTING:
                # How it ended could not be written down, and nobody carries it on.
                response = self._wrapper.interrupted(call)
                self._finish(call, response)
                return response
            live = self._start(call)
        if not await self._is_done_in_time(live):
            live.is_promised = True
            response = self._still_waiting(live.call)
            self._announcer.finished(live.call, response)
            return response
        response = await live.done
        self._mark_delivered(live.call)
        live.fetched.set()
        return response

    async def _is_done_in_time(self, live: LiveCall) -> bool:
        released = asyncio.create_task(live.released.wait())
        try:
            await asyncio.wait(
                (live.done, released),
                timeout=self._patience.wait_seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            released.cancel()
        return live.done.done()

    def release(self, conversation_id: str) -> int:
        """
        Answer a conversation's calls that wait for a person with ``waiting``, so that the agent can listen.

        Gives how many there were; their questions stay open, and the agent is told later how they ended.
        """
        waiting = [
            live
            for live in self._live.values()
            if live.call.conversation_id == conversation_id
            and self._approvals.pending_of_call(live.call.key) is not None
        ]
        for live in waiting:
            live.released.set()
        return len(waiting)

    async def stop(self, applies: Callable[[Call], str | None]) -> int:
        """Stop every call for which ``applies`` gives a reason; gives how many there were."""
        stopped = []
        for live in list(self._live.values()):
            reason = applies(live.call)
            if reason is not None and live.task is not None and not live.done.done():
                live.stop_reason = reason
                live.task.cancel()
                stopped.append(live.done)
        await asyncio.gather(*stopped, return_exceptions=True)
        return len(stopped)

    async def close(self) -> None:
        """The process ends: leave what waits as it is, end what runs."""
        tasks = [live.task for live in self._live.values() if live.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, call: Call, response: ExecuteResponse | None = None) -> LiveCall:
        live = LiveCall(call)
        self._live[call.key] = live
        live.task = asyncio.create_task(self._go(live, response), name=f"call {call.id}")
        live.task.add_done_callback(lambda task: self._forget(live, task))
        return live

    def _forget(self, live: LiveCall, task: "asyncio.Task[None]") -> None:
        del self._live[live.call.key]
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("call.broken", call_id=live.call.id, error=type(error).__name__)
        if live.done.done():
            return
        if error is not None:
            live.done.set_exception(error)
            # Whoever waits is told; where nobody does, it was logged.
            live.done.exception()
        elif live.stop_reason is None:
            live.done.cancel()
        else:
            # Cancelled before its first step.
            live.done.set_result(self._end_stopped(live.call, live.stop_reason))

    async def _go(self, live: LiveCall, response: ExecuteResponse | None) -> None:
        if response is None:
            response = await self._settle(live)
        live.done.set_result(response)
        await self._make_sure_it_is_told(live, response)

    async def _settle(self, live: LiveCall) -> ExecuteResponse:
        try:
            response = await self._wrapper.settle(live.call)
        except asyncio.CancelledError:
            if live.stop_reason is None:
                raise
            return self._end_stopped(live.call, live.stop_reason)
        self._finish(live.call, response)
        return response

    def _end_stopped(self, call: Call, reason: str) -> ExecuteResponse:
        self._pending.cancel(call, reason)
        response = self._wrapper.refuse_unjudged(call, reason)
        self._finish(call, response)
        return response

    def _mark_delivered(self, call: Call) -> None:
        try:
            self._calls.mark_delivered(call)
        except sqlite3.Error as exc:
            # It may be told once more.
            log.error("call.not_marked", call_id=call.id, error=type(exc).__name__)

    def _finish(self, call: Call, response: ExecuteResponse) -> None:
        try:
            self._calls.finish(call, response)
        except sqlite3.Error as exc:
            # Who waits is answered all the same. A call that had begun stays begun, so it is not run again.
            log.error("call.not_kept", call_id=call.id, error=type(exc).__name__)
        self._announcer.finished(call, response)
        self._pending.carried_out(call, response)
        log.info("call.finished", call_id=call.id, tool=call.request.tool_name, status=response.status.value)

    async def _make_sure_it_is_told(self, live: LiveCall, response: ExecuteResponse) -> None:
        """Where a person was asked, or the agent was promised a later word."""
        if live.stop_reason is not None:
            return
        asked = self._approvals.last_of_call(live.call.key)
        if not live.is_promised and asked is None:
            return
        # Who was promised a later word has ended its turn and does not come back for the answer.
        seconds = 0.0 if live.is_promised else self._patience.return_seconds
        try:
            async with asyncio.timeout(seconds):
                await live.fetched.wait()
        except TimeoutError:
            self._announcer.told_later(live.call, await self._shown(live.call, asked, response), response)
            text = follow_up_text(live.call, response, was_asked=asked is not None)
            await self._announcer.tell_agent(live.call, text)
            self._mark_delivered(live.call)
            log.info("call.told_later", call_id=live.call.id)

    async def _shown(self, call: Call, asked: Approval | None, response: ExecuteResponse) -> str:
        """The call as the chat shows it: what a person was asked, or what they made of it."""
        if asked is None:
            return await self._wrapper.summary(call)
        if response.changed_to:
            return response.changed_to
        edited = asked.decision.edited_args if asked.decision else None
        return exact(asked.request) if edited is None else await self._wrapper.summary(call, edited)

    def _still_waiting(self, call: Call) -> ExecuteResponse:
        approval = self._approvals.pending_of_call(call.key)
        if approval is None:
            reason = "It still runs. You will be told how it ended."
        else:
            reason = f"The owner has not decided yet: {approval.request.summary}"
        return ExecuteResponse(
            status=ExecuteStatus.WAITING,
            tier=tier_label(approval.request.tier, external=approval.request.is_external) if approval else "",
            is_external=approval.request.is_external if approval else False,
            reason=reason,
            audit_id="",
            approval_id=approval.id if approval else None,
        )


def follow_up_text(call: Call, response: ExecuteResponse, *, was_asked: bool) -> str:
    """What the agent is told of a call that ended after its caller was gone; redacted, as the response is."""
    waited = "waited for the owner" if was_asked else "took longer"
    lines = [
        f"Your earlier call of {call.request.tool_name} that {waited} has ended.",
        f"status: {response.status}",
        f"reason: {response.reason}",
    ]
    if response.exit_code is not None:
        lines.append(f"exit_code: {response.exit_code}")
    if response.output:
        lines += ["output:", response.output[:_TOLD_CHARACTERS]]
    return "\n".join(lines)

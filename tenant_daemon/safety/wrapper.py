"""The pipeline that every tool call goes through, on one screen."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from itertools import count
from typing import Final

import structlog

from tenant_daemon.audit import AuditEvent, AuditTrail, AuditUnavailable
from tenant_daemon.contracts.approvals import ApprovalStatus
from tenant_daemon.contracts.tiers import Decision, Tier
from tenant_daemon.execution import ActionFailed, CallScope, Executor, Outcome
from tenant_daemon.execution.seen import seen_by
from tenant_daemon.kit.at_work import working_for
from tenant_daemon.policy.actions import HandOver
from tenant_daemon.safety.announcer import Announcer
from tenant_daemon.safety.binding import same_call
from tenant_daemon.safety.call_traces import CallSpan, CallTraces
from tenant_daemon.safety.calls import AlreadyBegun, Call, CallStore
from tenant_daemon.safety.changes import ChangeDesk
from tenant_daemon.safety.gate import Gate, Ruling
from tenant_daemon.safety.pace import HeldBack, PaceKeeper
from tenant_daemon.safety.pending import CannotAsk, PendingApprovals
from tenant_daemon.safety.previews import summary_of
from tenant_daemon.safety.records import call_record
from tenant_daemon.safety.schemas import CHANGED_BY_OWNER, ExecuteResponse, ExecuteStatus

MAX_RUNNING: Final = 12
"""Actions that run at once; more wait their turn."""
_NOT_RECORDED: Final = "The audit trail cannot be written, so nothing runs."
_WITHHELD: Final = "It ran, but the audit trail cannot be written, so its result is withheld."
_IN_PART: Final = "It had begun and may have been done in part."
_INTERRUPTED: Final = f"interrupted: the server restarted while it ran. {_IN_PART} It is not run again."
_CHANGED: Final = "A file that it names was changed while it was looked at, so it was not run."
_NOT_UNDERSTOOD: Final = (
    "It was approved, but the way it is written nothing of it can run. Write it in a simpler way, as one "
    "plain command or with another tool; that may be asked about again."
)

log = structlog.get_logger()


class SafetyWrapper:
    """Carries out calls that are written down already. Each goes through ``carry_out`` once per process."""

    def __init__(
        self,
        calls: CallStore,
        gate: Gate,
        pending: PendingApprovals,
        executor: Executor,
        audit: AuditTrail,
        announcer: Announcer,
        changes: ChangeDesk,
        pace: PaceKeeper,
        traces: CallTraces,
    ) -> None:
        self._calls = calls
        self._gate = gate
        self._pending = pending
        self._executor = executor
        self._audit = audit
        self._announcer = announcer
        self._changes = changes
        self._pace = pace
        self._traces = traces
        found = audit.verify()
        self._audit_problem = (
            "" if found.is_intact else f"The audit trail is broken at entry {found.first_broken}."
        )
        self._slots = asyncio.Semaphore(MAX_RUNNING)

    @property
    def audit_problem(self) -> str:
        """Why nothing runs, when the chain was found broken at the start."""
        return self._audit_problem

    async def summary(self, call: Call, tool_args: Mapping[str, object] | None = None) -> str:
        """What the call is, in a line for people; redacted. With the arguments of whoever changed it."""
        return self._summary(call, await self._gate.rule(call, tool_args))

    async def carry_out(self, call: Call, span: CallSpan) -> ExecuteResponse:
        """Judge, ask where it must be, run, redact, record. A waiting call goes on here after a restart."""
        ruling = await self._gate.rule(call)
        span.ruled(ruling)
        if not self._pending.has(call, 0):
            self._announcer.started(call, self._summary(call, ruling))
            held = self._pace.check(call.request.agent_id, same_call(call.request, ruling.action))
            if held is not None:
                return self._hold_back(call, ruling, held)
        for round_number in count():
            if ruling.decision is Decision.DENY:
                self._pending.cancel(call, ruling.reason)
                return self._refuse(call, ruling, ExecuteStatus.BLOCKED, ruling.reason)
            if ruling.decision is Decision.RUN and not self._pending.has(call, round_number):
                break
            approval = await self._pending.ask(call, ruling, round_number)
            if approval.status is not ApprovalStatus.APPROVED:
                return self._refuse(call, ruling, _STATUS_OF[approval.status], approval.detail, approval.id)
            ruling = await self._gate.rule_approved(call, approval)
        return await self._run(call, ruling)

    async def settle(self, call: Call) -> ExecuteResponse:
        """``carry_out``, with an answer for whatever goes wrong. Only cancelling gets through."""
        who = working_for(call.request.agent_id, call.conversation_id)
        with who, self._traces.around(call) as span:
            response = await self._settle(call, span)
            span.answered(response)
            return response

    async def _settle(self, call: Call, span: CallSpan) -> ExecuteResponse:
        if self._audit_problem:
            return _blocked(self._audit_problem)
        try:
            return await self.carry_out(call, span)
        except AuditUnavailable as exc:
            log.error("wrapper.audit.unavailable", call_id=call.id, error=str(exc))
            return _blocked(_WITHHELD if self._calls.has_begun(call) else _NOT_RECORDED)
        except CannotAsk as exc:
            return self.refuse_unjudged(call, str(exc))
        except AlreadyBegun:
            return self.interrupted(call)
        except Exception:
            log.exception("wrapper.call.broken", call_id=call.id)
            return self.refuse_unjudged(call, "Something went wrong on the server; see its log.")

    async def _run(self, call: Call, ruling: Ruling) -> ExecuteResponse:
        action = ruling.action
        if action is None:
            return self._refuse(call, ruling, ExecuteStatus.FAILED, f"{_NOT_UNDERSTOOD} {ruling.reason}")
        async with AsyncExitStack() as stack:
            if not isinstance(action, HandOver):
                # A handover waits for calls of the colleague, which need the slots.
                await stack.enter_async_context(self._slots)
            stopped = self._gate.stop_reason(call.request.agent_id)
            if stopped is not None:
                return self._refuse(call, ruling, ExecuteStatus.BLOCKED, stopped)
            scope = await self._scope(call, ruling)
            if scope.seen and not await self._gate.is_still(call, ruling):
                return self._refuse(call, ruling, ExecuteStatus.BLOCKED, _CHANGED)
            summary = self._summary(call, ruling)
            if _is_changed(call, ruling):
                # The chat shows what runs, not what the agent had wanted.
                self._announcer.started(call, summary)
            self._audit.append(call_record(AuditEvent.CALL_BEGUN, call, summary=summary, ruling=ruling))
            self._calls.begin(call)
            try:
                outcome = await self._executor.execute(action, scope)
            except ActionFailed as exc:
                outcome = Outcome(is_success=False, output=str(exc))
            finally:
                if not scope.is_reading:
                    await asyncio.shield(self._changes.announce())
        return self._executed(call, ruling, summary, outcome)

    def _executed(self, call: Call, ruling: Ruling, summary: str, outcome: Outcome) -> ExecuteResponse:
        output = self._announcer.redact(outcome.output)
        status = ExecuteStatus.EXECUTED if outcome.is_success else ExecuteStatus.FAILED
        entry = self._audit.append(
            call_record(
                AuditEvent.CALL_ENDED,
                call,
                summary=summary,
                ruling=ruling,
                status=status,
                exit_code=outcome.exit_code,
                output=output,
            )
        )
        changed_to = summary if _is_changed(call, ruling) else ""
        reason = f"{CHANGED_BY_OWNER} {changed_to}" if changed_to else self._announcer.redact(ruling.reason)
        return ExecuteResponse(
            status=status,
            tier=ruling.label,
            is_external=ruling.is_external,
            reason=reason,
            output=output,
            exit_code=outcome.exit_code,
            audit_id=entry.id,
            approval_id=ruling.approval_id or None,
            changed_to=changed_to,
        )

    def _refuse(
        self, call: Call, ruling: Ruling, status: ExecuteStatus, reason: str, approval_id: str = ""
    ) -> ExecuteResponse:
        reason = self._announcer.redact(reason) or "Denied."
        entry = self._audit.append(
            call_record(
                AuditEvent.CALL_REFUSED,
                call,
                summary=self._summary(call, ruling),
                ruling=ruling,
                status=status,
                reason=reason,
            )
        )
        return ExecuteResponse(
            status=status,
            tier=ruling.label,
            is_external=ruling.is_external,
            reason=reason,
            audit_id=entry.id,
            approval_id=approval_id or ruling.approval_id or None,
        )

    def _hold_back(self, call: Call, ruling: Ruling, held: HeldBack) -> ExecuteResponse:
        if held.told:
            log.warning("agent.held_back", agent_id=call.request.agent_id, call_id=call.id)
            self._announcer.held_back(call, held.told)
        return self._refuse(call, ruling, ExecuteStatus.BLOCKED, held.reason)

    def refuse_unjudged(self, call: Call, reason: str) -> ExecuteResponse:
        """End a call from outside the pipeline: stopped, or something broke."""
        if self._calls.has_begun(call):
            reason = f"{reason} {_IN_PART}"
        return self._end(call, AuditEvent.CALL_REFUSED, ExecuteStatus.BLOCKED, reason)

    def interrupted(self, call: Call) -> ExecuteResponse:
        """The end of a call that was being executed when the wrapper went down."""
        return self._end(call, AuditEvent.CALL_INTERRUPTED, ExecuteStatus.FAILED, _INTERRUPTED)

    def _end(self, call: Call, event: AuditEvent, status: ExecuteStatus, reason: str) -> ExecuteResponse:
        try:
            entry = self._audit.append(
                call_record(event, call, summary=call.request.tool_name, status=status, reason=reason)
            )
        except AuditUnavailable as exc:
            log.error("wrapper.audit.unavailable", call_id=call.id, error=str(exc))
            return _blocked(reason)
        return ExecuteResponse(status=status, tier="", is_external=False, reason=reason, audit_id=entry.id)

    def _summary(self, call: Call, ruling: Ruling) -> str:
        workspace = self._gate.workspace(call.request.agent_id)
        text = summary_of(call.request.tool_name, ruling.tool_args, ruling.action, workspace)
        return self._announcer.redact(text)

    async def _scope(self, call: Call, ruling: Ruling) -> CallScope:
        is_approved = bool(ruling.approver)
        seen = await asyncio.to_thread(seen_by, ruling.action, is_exact=is_approved)
        return CallScope(
            agent_id=call.request.agent_id,
            session_id=call.request.session_id,
            conversation_id=call.conversation_id or "",
            call_id=call.id,
            is_approved=is_approved,
            seen=seen,
            is_reading=ruling.judgement.tier is Tier.GREEN,
        )


_STATUS_OF: Final = {
    ApprovalStatus.DENIED: ExecuteStatus.DENIED,
    ApprovalStatus.EXPIRED: ExecuteStatus.EXPIRED,
    ApprovalStatus.CANCELLED: ExecuteStatus.BLOCKED,
}


def _is_changed(call: Call, ruling: Ruling) -> bool:
    """Whether a person changed the call before approving it."""
    return ruling.tool_args != call.request.tool_args


def _blocked(reason: str) -> ExecuteResponse:
    """The answer where not even a refusal can be recorded."""
    return ExecuteResponse(
        status=ExecuteStatus.BLOCKED, tier="", is_external=False, reason=reason, audit_id=""
    )

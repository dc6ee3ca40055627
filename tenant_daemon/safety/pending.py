"""Asking a person and waiting for the answer, over restarts."""

import asyncio
import secrets
from datetime import UTC, timedelta
from typing import Final

import structlog

from tenant_daemon.audit import AuditEvent, AuditRecord, AuditTrail
from tenant_daemon.contracts.approvals import (
    ApprovalDecided,
    ApprovalRequested,
    ApprovalStatus,
    ApprovalWithdrawn,
    Verdict,
)
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.tiers import Decision
from tenant_daemon.safety.announcer import Announcer
from tenant_daemon.safety.approval_store import (
    Approval,
    ApprovalNotFound,
    ApprovalSettledAlready,
    ApprovalStore,
)
from tenant_daemon.safety.calls import Call, CallStore
from tenant_daemon.safety.gate import Gate, Ruling
from tenant_daemon.safety.previews import argv_of, diff_of, exact, question_of
from tenant_daemon.safety.schemas import ExecuteResponse
from tenant_daemon.safety.typed import with_references
from tenant_daemon.vault import Vault

MAX_PENDING: Final = 200
"""Questions that may wait at once. An agent in a loop must not bury the owner."""
MAX_PENDING_OF_AGENT: Final = 60
"""Nor keep its colleagues from asking."""
DEFAULT_REMEMBERED: Final = timedelta(days=7)
MAX_REMEMBERED: Final = timedelta(days=90)

log = structlog.get_logger()


class CannotAsk(Exception):
    """No question can be put to a person now; the message says why."""


class PendingApprovals:
    """
    Approvals that wait, and their ends.

    Each pending approval has a call whose task waits in ``ask``; that task is also the expiry timer. After a
    restart the wrapper starts the tasks again and each finds its approval.
    """

    def __init__(
        self,
        store: ApprovalStore,
        calls: CallStore,
        gate: Gate,
        announcer: Announcer,
        audit: AuditTrail,
        vault: Vault,
    ) -> None:
        self._store = store
        self._calls = calls
        self._gate = gate
        self._announcer = announcer
        self._audit = audit
        self._vault = vault
        self._settled: dict[str, asyncio.Event] = {}

    async def ask(self, call: Call, ruling: Ruling, round_number: int) -> Approval:
        """
        Ask about a call and give the approval when it is settled. An approval asked for earlier is joined.

        Raises:
            CannotAsk: Too much waits already, or the hub cannot be told.
            AuditUnavailable: The question cannot be recorded.
        """
        approval = self._store.of_call(call.key, round_number)
        if approval is None:
            approval = await self._request(call, ruling, round_number)
        if approval.status is not ApprovalStatus.PENDING:
            return approval
        settled = self._settled.setdefault(approval.id, asyncio.Event())
        try:
            async with asyncio.timeout((approval.expires_at - utc_now()).total_seconds()):
                await settled.wait()
        except TimeoutError:
            self._expire(call, approval)
        finally:
            self._settled.pop(approval.id, None)
        return self._store.get(approval.id)

    def has(self, call: Call, round_number: int) -> bool:
        """True when this round of the call was asked about already."""
        return self._store.of_call(call.key, round_number) is not None

    async def decide(self, decided: ApprovalDecided) -> Approval:
        """
        Apply a person's decision; the first one wins. An edit to something that is not allowed is a denial.

        Raises:
            ApprovalNotFound: No such approval.
            ApprovalSettledAlready: It was decided, expired or cancelled before.
            ValueError: An edit without arguments.
            AuditUnavailable: It cannot be recorded, so it is not taken.
            VaultLocked: It cannot be told whether an edit holds a secret, so it is not taken.
        """
        if decided.deny_reason:
            # People paste what they should not; from here it goes to the agent, the hub and the audit.
            clean = self._announcer.redact(decided.deny_reason)
            decided = decided.model_copy(update={"deny_reason": clean})
        if decided.edited_args is not None:
            values = await asyncio.to_thread(self._vault.values_in_force)
            named = with_references(decided.edited_args, values)
            decided = decided.model_copy(update={"edited_args": named})
        held = self._store.get(decided.approval_id)
        call = self._calls.get(held.call_key)
        if held.status is ApprovalStatus.PENDING and held.expires_at <= utc_now():
            self._expire(call, held)
        refusal = await self._refusal(call, decided)
        is_denied = decided.verdict is Verdict.DENY or bool(refusal)
        try:
            return self._settle(
                call,
                held,
                ApprovalStatus.DENIED if is_denied else ApprovalStatus.APPROVED,
                decision=_bounded(decided),
                detail=refusal or decided.deny_reason,
            )
        except ApprovalSettledAlready as late:
            # The hub holds this decision as a wish: tell it again what stands.
            self._report(call, late.approval)
            raise

    def withdraw(self, wish: ApprovalWithdrawn) -> list[str]:
        """
        Ask again about what was allowed from then on; gives the approvals whose call asks again.

        One that is not remembered (any more) is reported too: its call asks as well.

        Raises:
            AuditUnavailable: It cannot be recorded, so it goes on being remembered.
        """
        try:
            held = self._store.get(wish.approval_id)
        except ApprovalNotFound:
            forgotten = [wish.approval_id]
        else:
            record = _withdrawal(held, wish.withdrawn_by)
            found = self._store.forget(held, record=lambda: self._audit.append(record))
            forgotten = sorted({wish.approval_id, *found})
        log.info("approval.withdrawn", approval_id=wish.approval_id, count=len(forgotten))
        for approval_id in forgotten:
            self._announcer.forgotten(approval_id)
        return forgotten

    def report_unknown(self, approval_id: str) -> None:
        """Tell the hub of an approval that it knows and we do not (``safety.db`` was lost): it is off."""
        self._announcer.unknown(approval_id)

    def cancel(self, call: Call, reason: str) -> None:
        """Withdraw what this call asks."""
        approval = self._store.pending_of_call(call.key)
        if approval is not None:
            self._end(call, approval, ApprovalStatus.CANCELLED, reason)

    def announce_again(self) -> None:
        """After a restart: tell the hub what a crash kept from it."""
        for approval in self._store.unannounced():
            self._announcer.request(self._calls.get(approval.call_key), approval.request)
            self._store.mark_announced(approval.id)
        for approval in self._store.unreported():
            self._report(self._calls.get(approval.call_key), approval)
        for call in self._calls.ended_untold():
            response = self._calls.response(call)
            if response is not None:
                self.carried_out(call, response)

    def carried_out(self, call: Call, response: ExecuteResponse) -> None:
        """Tell the hub what became of a call that was approved; what a crash keeps from it is told later."""
        try:
            for approval in self._store.approved_untold(call.key):
                self._announcer.carried_out(approval, response)
                self._store.mark_told(approval.id)
        except Exception as exc:  # noqa: BLE001 - the call is over whatever people hear of it
            log.error("approval.outcome_untold", call_id=call.id, error=type(exc).__name__)

    async def _refusal(self, call: Call, decided: ApprovalDecided) -> str:
        """Why an edited call cannot run whoever approves it; empty when it can, or nothing was edited."""
        if decided.verdict is not Verdict.EDIT_AND_APPROVE:
            return ""
        if decided.edited_args is None:
            raise ValueError("edited_args: missing")
        ruling = await self._gate.rule(call, decided.edited_args)
        if ruling.decision is Decision.DENY or ruling.action is None:
            return self._announcer.redact(f"The edited call is not allowed: {ruling.reason}")
        return ""

    async def _request(self, call: Call, ruling: Ruling, round_number: int) -> Approval:
        if self._store.count_pending() >= MAX_PENDING:
            raise CannotAsk(f"{MAX_PENDING} questions wait for the owner already.")
        if self._store.count_pending(call.request.agent_id) >= MAX_PENDING_OF_AGENT:
            raise CannotAsk(f"{MAX_PENDING_OF_AGENT} questions of yours wait for the owner already.")
        approval = await asyncio.to_thread(self._draft, call, ruling, round_number)
        self._audit.append(_record(AuditEvent.APPROVAL_REQUESTED, call, approval))
        # In this order: a call that waits without an approval is asked about again after a crash, while an
        # approval without a call that waits for it would be lost.
        self._calls.mark_waiting(call)
        self._store.add(approval)
        try:
            self._announcer.request(call, approval.request)
        except Exception as exc:
            log.error("approval.unannounced", approval_id=approval.id, error=type(exc).__name__)
            self._end(call, approval, ApprovalStatus.CANCELLED, "The owner could not be told.")
            raise CannotAsk("The owner cannot be told of more questions now.") from exc
        self._store.mark_announced(approval.id)
        log.info("approval.requested", approval_id=approval.id, call_id=call.id, tier=ruling.tier.name)
        return approval

    def _draft(self, call: Call, ruling: Ruling, round_number: int) -> Approval:
        redact = self._announcer.redact
        question = question_of(ruling, self._gate.workspace(call.request.agent_id))
        now = utc_now()
        request = ApprovalRequested(
            approval_id=f"apr_{secrets.token_hex(12)}",
            conversation_id=call.conversation_id,
            agent_id=call.request.agent_id,
            tool_call_id=call.id,
            tool_name=call.request.tool_name,
            tier=ruling.tier,
            is_external=ruling.is_external,
            summary=redact(question.what)[:300],
            reason=redact(question.why)[:1_000],
            risk=redact(ruling.judgement.risk)[:1_000],
            argv=[redact(word) for word in argv_of(ruling.action)],
            tool_args=self._announcer.redact_args(ruling.tool_args),
            diff=redact(diff_of(ruling.action))[:20_000],
            call_digest=ruling.binding.call,
            created_at=now,
            expires_at=now + timedelta(seconds=self._gate.approval_ttl_seconds()),
        )
        return Approval(
            id=request.approval_id,
            call_key=call.key,
            round=round_number,
            request=request,
            normalised_digest=ruling.binding.normalised,
        )

    def _expire(self, call: Call, approval: Approval) -> None:
        self._end(call, approval, ApprovalStatus.EXPIRED, "Nobody decided in time, which means no.")

    def _end(self, call: Call, approval: Approval, status: ApprovalStatus, detail: str) -> None:
        """End it without a person; a decision that came first stands."""
        try:
            self._settle(call, approval, status, decision=None, detail=detail)
        except ApprovalSettledAlready:
            return

    def _settle(
        self,
        call: Call,
        approval: Approval,
        status: ApprovalStatus,
        *,
        decision: ApprovalDecided | None,
        detail: str,
    ) -> Approval:
        settled = self._store.settle(
            approval.id,
            status,
            decision=decision,
            detail=detail,
            record=lambda after: self._audit.append(_record(AuditEvent.APPROVAL_SETTLED, call, after)),
        )
        log.info("approval.settled", approval_id=approval.id, status=status.value)
        self._report(call, settled)
        event = self._settled.get(approval.id)
        if event is not None:
            event.set()
        return settled

    def _report(self, call: Call, approval: Approval) -> None:
        try:
            self._announcer.settled(call, approval)
        except Exception as exc:  # noqa: BLE001 - the decision stands; the report is made after the next start
            log.error("approval.unreported", approval_id=approval.id, error=type(exc).__name__)
            return
        self._store.mark_reported(approval.id)


def _bounded(decided: ApprovalDecided) -> ApprovalDecided:
    """With an end to what is remembered. One that has passed already lets the call run this once."""
    if decided.verdict is not Verdict.APPROVE_AND_REMEMBER:
        return decided
    now = utc_now()
    until = min(decided.remember_until or now + DEFAULT_REMEMBERED, now + MAX_REMEMBERED)
    # In one time zone: the store compares it as text.
    return decided.model_copy(update={"remember_until": until.astimezone(UTC)})


def _withdrawal(held: Approval, withdrawn_by: str) -> AuditRecord:
    return AuditRecord(
        event=AuditEvent.APPROVAL_WITHDRAWN,
        actor=withdrawn_by,
        subject=held.request.tool_name,
        summary=exact(held.request),
        call_id=held.request.tool_call_id,
        conversation_id=held.request.conversation_id or "",
        tier=held.request.tier.name,
        is_external=held.request.is_external,
        decision="ask",
        approval_id=held.id,
        approver=withdrawn_by,
        started_at=utc_now(),
    )


def _record(event: AuditEvent, call: Call, approval: Approval) -> AuditRecord:
    """The audit's line; the texts of an approval are redacted already."""
    decision = approval.decision
    return AuditRecord(
        event=event,
        actor=decision.decided_by if decision else f"agent:{call.request.agent_id}",
        subject=call.request.tool_name,
        summary=exact(approval.request),
        call_id=call.id,
        session_id=call.request.session_id,
        conversation_id=call.conversation_id or "",
        tier=approval.request.tier.name,
        is_external=approval.request.is_external,
        decision=decision.verdict if decision else "ask",
        status=approval.status,
        reason=(approval.detail or approval.request.reason)[:2_000],
        approval_id=approval.id,
        approver=decision.decided_by if decision else "",
        started_at=approval.request.created_at,
    )

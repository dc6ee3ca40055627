"""What the audit trail says of calls. Texts must be redacted before they come here."""

import hashlib

from tenant_daemon.audit import AuditEvent, AuditRecord
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.safety.calls import Call
from tenant_daemon.safety.gate import Ruling
from tenant_daemon.safety.schemas import ExecuteStatus


def call_record(
    event: AuditEvent,
    call: Call,
    *,
    summary: str,
    ruling: Ruling | None = None,
    status: ExecuteStatus | None = None,
    reason: str = "",
    exit_code: int | None = None,
    output: str | None = None,
) -> AuditRecord:
    """
    A line about a call.

    Args:
        ruling: What the gate said; None where the call was not judged.
        output: The redacted output, of which the digest is kept.
    """
    return AuditRecord(
        event=event,
        actor=f"agent:{call.request.agent_id}",
        subject=call.request.tool_name,
        summary=summary[:2_000],
        call_id=call.id,
        session_id=call.request.session_id,
        conversation_id=call.conversation_id or "",
        tier=ruling.label if ruling else "",
        is_external=ruling.is_external if ruling else False,
        rule_ids=ruling.judgement.rule_ids if ruling else (),
        decision=ruling.decision if ruling else "",
        status=status or "",
        reason=reason[:2_000],
        approval_id=ruling.approval_id if ruling else "",
        approver=ruling.approver if ruling else "",
        started_at=utc_now() if event is AuditEvent.CALL_BEGUN else call.started_at,
        exit_code=exit_code,
        output_digest=hashlib.sha256(output.encode()).hexdigest() if output is not None else "",
    )

"""What approvals look like from outside, and what a person may say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from letsbe_app.db.models import Approval
from letsbe_app.workforce.approvals.content import ApprovalContent
from tenant_daemon.contracts.approvals import Verdict
from tenant_daemon.contracts.tiers import Tier, tier_label


@dataclass(frozen=True)
class Choice:
    """A person's decision."""

    verdict: Verdict
    deny_reason: str = ""
    """What the agent is told."""
    edited_args: dict[str, object] | None = None
    """For ``edit_and_approve``: the call's arguments as they shall be; judged again."""
    remember_days: int | None = None
    """For ``approve_and_remember``: how long."""
    call_digest: str = ""
    """What was looked at, as ``ApprovalView.call_digest``; a call that is another one is not decided."""


@dataclass(frozen=True)
class BatchItem:
    """One of several approvals that are decided with one tap."""

    approval_id: str
    call_digest: str


@dataclass(frozen=True)
class BatchOutcome:
    """What became of one of them."""

    approval_id: str
    is_decided: bool
    problem: str = ""


@dataclass(frozen=True)
class ApprovalView:
    """What an agent asks, and how it stands. Texts are redacted by the server."""

    id: str
    tenant_id: str
    conversation_id: str | None
    agent_id: str
    tool_call_id: str
    tool_name: str
    tier: str
    """As ``tier_label``."""
    is_external: bool
    summary: str
    reason: str
    risk: str
    argv: list[str]
    tool_args: dict[str, Any]
    diff: str
    status: str
    """As ``ApprovalStatus``."""
    verdict: str
    """What was decided here; while ``status`` is ``pending`` the server has not confirmed it yet."""
    deny_reason: str
    decided_by_user_id: str | None
    detail: str
    created_at: datetime
    expires_at: datetime
    settled_at: datetime | None
    call_digest: str = ""
    """Names exactly what is asked."""
    decided_by: str = ""
    """Who decided, as people know them; empty when nobody did."""
    reminder_count: int = 0
    """How often people were reminded of it."""
    outcome: str = ""
    """What became of the call once it was approved, as ``ExecuteStatus``; empty until the server has said."""
    outcome_detail: str = ""
    """Why it did not work, in the server's words."""
    changed_to: str = ""
    """What was done instead, where a person changed the call; known once it has run."""
    remembered_until: datetime | None = None
    """Until when exactly this call runs without being asked about."""
    is_being_withdrawn: bool = False
    """Somebody took that back, and the server has not confirmed it yet."""

    @property
    def is_open(self) -> bool:
        """Whether a person can still decide."""
        return self.status == "pending" and not self.verdict


def approval_view(
    row: Approval, content: ApprovalContent, names: Mapping[str, str] | None = None
) -> ApprovalView:
    """
    The view of a row. Raises CannotOpen.

    Args:
        row: The record.
        content: Opens the texts of its server.
        names: What people are called, by user id.
    """
    asked, decision, became = content.asked(row), content.decision(row), content.became(row)
    return ApprovalView(
        id=row.id,
        tenant_id=row.tenant_id,
        conversation_id=row.conversation_id,
        agent_id=row.agent_id,
        tool_call_id=row.tool_call_id,
        tool_name=row.tool_name,
        tier=tier_label(Tier(row.tier), external=row.is_external),
        is_external=row.is_external,
        summary=asked.summary,
        reason=asked.reason,
        risk=asked.risk,
        argv=list(asked.argv),
        tool_args=dict(asked.tool_args),
        diff=asked.diff,
        status=row.status,
        verdict=decision.get("verdict", ""),
        deny_reason=decision.get("deny_reason", ""),
        decided_by_user_id=row.decided_by_user_id,
        detail=content.detail(row),
        created_at=row.created_at,
        expires_at=row.expires_at,
        settled_at=row.settled_at,
        call_digest=row.call_digest,
        decided_by=decider_of(row, names or {}),
        reminder_count=row.reminder_count,
        outcome=row.outcome,
        outcome_detail=became.detail,
        changed_to=became.changed_to,
        remembered_until=row.remembered_until,
        is_being_withdrawn=row.withdrawal_asked_at is not None,
    )


def decider_of(row: Approval, names: Mapping[str, str]) -> str:
    """Who decided, as people know them; empty when nobody did."""
    who = row.settled_by or row.decided_by_user_id or ""
    if who.startswith("shell:"):
        return f"{who.removeprefix('shell:')}, on the server itself"
    return names.get(who, "")

"""
Approvals: two one-way flows joined by an id, request up and decision down.

The daemon's record decides. The hub's copy is what people see; a decision taken there is a wish until
the daemon has answered with ``ApprovalSettledReport``. That something was approved does not say that it
worked: ``ApprovalCarriedOut`` does.
"""

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, Field

from tenant_daemon.contracts.base import Message
from tenant_daemon.contracts.tiers import Tier


class ApprovalStatus(StrEnum):
    """Where an approval stands. Only ``pending`` can change."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    """The chat was stopped, or the agent was switched off."""


class Verdict(StrEnum):
    """What a person says."""

    APPROVE = "approve"
    APPROVE_AND_REMEMBER = "approve_and_remember"
    """Same agent, same tool, exactly this normalised call, until ``remember_until``."""
    EDIT_AND_APPROVE = "edit_and_approve"
    """Approve the call with ``edited_args``; it is judged again."""
    DENY = "deny"


class ApprovalRequested(Message):
    """Daemon -> hub: an agent waits for a person. All texts are redacted."""

    kind: Literal["approval.requested"] = "approval.requested"
    approval_id: str
    conversation_id: str | None
    agent_id: str
    tool_call_id: str
    tool_name: str
    tier: Tier
    is_external: bool
    summary: str = Field(max_length=300)
    """What the agent wants to do, in plain words."""
    reason: str = Field(max_length=1_000)
    """Why a person has to decide, in words."""
    risk: str = Field(default="", max_length=1_000)
    """What can go wrong."""
    argv: list[str] = Field(default_factory=list)
    """Exactly what will run, when it is a command."""
    tool_args: dict[str, object] = Field(default_factory=dict)
    """The call's arguments, redacted; what the edit form starts from."""
    diff: str = Field(default="", max_length=20_000)
    """Unified diff, when a file or setting changes."""
    call_digest: str = Field(max_length=128)
    """SHA-256 over everything the approval is bound to."""
    created_at: AwareDatetime
    expires_at: AwareDatetime


class ApprovalDecided(Message):
    """Hub -> daemon: a person decided. Applied once per ``approval_id``; the first one wins."""

    kind: Literal["approval.decided"] = "approval.decided"
    approval_id: str
    verdict: Verdict
    decided_by: str
    """Id of the user, for the tenant's audit."""
    deny_reason: str = Field(default="", max_length=500)
    """What the agent is told."""
    edited_args: dict[str, object] | None = None
    remember_until: AwareDatetime | None = None


class ApprovalSettledReport(Message):
    """Daemon -> hub: how it ended, whoever decided (hub, command line, expiry, stop)."""

    kind: Literal["approval.settled"] = "approval.settled"
    approval_id: str
    status: ApprovalStatus
    decided_by: str = ""
    detail: str = ""
    settled_at: AwareDatetime


class ApprovalCarriedOut(Message):
    """Daemon -> hub: what became of a call that was approved. Sent once it has ended; applied once."""

    kind: Literal["approval.carried_out"] = "approval.carried_out"
    approval_id: str
    status: str = Field(max_length=20)
    """As ``ExecuteStatus``. An edit that had to be asked about again may have been denied in the end."""
    detail: str = Field(default="", max_length=500)
    """Why it did not work, redacted; empty when it did."""
    changed_to: str = Field(default="", max_length=300)
    """What was done instead, redacted, where a person changed the call; what they typed may hold a secret."""
    ended_at: AwareDatetime


class ApprovalWithdrawn(Message):
    """Hub -> daemon: what an approval allowed from then on is to be asked about again. Applied once."""

    kind: Literal["approval.withdrawn"] = "approval.withdrawn"
    approval_id: str
    withdrawn_by: str
    """Id of the user, for the tenant's audit."""


class ApprovalForgotten(Message):
    """Daemon -> hub: the call of this approval asks again. Until it comes, a withdrawal is a wish."""

    kind: Literal["approval.forgotten"] = "approval.forgotten"
    approval_id: str
    forgotten_at: AwareDatetime

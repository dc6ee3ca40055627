"""What the frame of the portal and the approval cards on its pages show."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from letsbe_app.db.models import TenantStatus
from letsbe_app.fleet.tenants.schemas import TenantView
from letsbe_app.people.authz.actor import Actor
from letsbe_app.workforce.approvals.schemas import ApprovalView


@dataclass(frozen=True)
class Frame:
    """State of the customer's server, as every page shows it."""

    email: str = ""
    tenant_id: str = ""
    server_name: str = ""
    has_server: bool = False
    is_online: bool = False
    is_ready: bool = False
    is_stopped: bool = False
    is_practice: bool = False


@dataclass(frozen=True)
class ApprovalCard:
    """An approval as its card shows it."""

    id: str
    agent_id: str
    agent_name: str
    summary: str
    reason: str
    risk: str
    tier: str
    is_external: bool
    is_critical: bool
    command: str
    """The exact argv as one line that a shell would read the same way; empty when it is no command."""
    diff: str
    call: str
    """The call's arguments, where there is neither a command nor a diff."""
    conversation_id: str
    created_at: str
    expires_at: str
    status: str
    is_open: bool
    settled_at: str
    note: str
    """Why it was refused, or what the server says about how it ended."""


def current_tenant(tenants: Sequence[TenantView]) -> TenantView | None:
    """The server that the portal is about: the newest one that works, else the newest."""
    working = [tenant for tenant in tenants if tenant.status == TenantStatus.ACTIVE]
    return max(working or tenants, key=lambda tenant: tenant.id, default=None)


def frame_of(actor: Actor, tenant: TenantView | None) -> Frame:
    """The frame for a customer with this server, or with none."""
    if tenant is None or tenant.status != TenantStatus.ACTIVE:
        return Frame(email=actor.email)
    return Frame(
        email=actor.email,
        tenant_id=tenant.id,
        server_name=tenant.name,
        has_server=True,
        is_online=tenant.is_online,
        is_ready=tenant.is_ready,
        is_stopped=tenant.is_stopped,
        is_practice=tenant.is_practice,
    )


def approval_card(approval: ApprovalView, agent_names: Mapping[str, str]) -> ApprovalCard:
    """The card of an approval."""
    command = shlex.join(approval.argv)
    return ApprovalCard(
        id=approval.id,
        agent_id=approval.agent_id,
        agent_name=agent_names.get(approval.agent_id, approval.agent_id),
        summary=approval.summary,
        reason=approval.reason,
        risk=approval.risk,
        tier=approval.tier,
        is_external=approval.is_external,
        is_critical=approval.tier == "CRITICAL_RED",
        command=command,
        diff=approval.diff,
        call="" if command or approval.diff else _call_text(approval),
        conversation_id=approval.conversation_id or "",
        created_at=approval.created_at.isoformat(),
        expires_at=approval.expires_at.isoformat(),
        status=_shown_status(approval),
        is_open=approval.is_open,
        settled_at=approval.settled_at.isoformat() if approval.settled_at else "",
        note=approval.deny_reason or approval.detail,
    )


def _call_text(approval: ApprovalView) -> str:
    arguments = json.dumps(approval.tool_args, ensure_ascii=False, indent=2)
    return f"{approval.tool_name} {arguments}"


def _shown_status(approval: ApprovalView) -> str:
    """``deciding`` while a decision is on its way to the server."""
    return "deciding" if approval.status == "pending" and approval.verdict else approval.status
